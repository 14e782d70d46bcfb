set encoding utf8
set terminal svg size 900,336 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Distance to the bound: sk alpha 0.7, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.940476 center textcolor rgb '#000000' front
set lmargin at screen 0.238889
set rmargin at screen 0.544444
set tmargin at screen 0.738095
set bmargin at screen 0.148810
set xrange [-0.1325587429:4.995550839]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:11.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 2 'bits a token above Bayes' at screen 0.391667,0.041667 center textcolor rgb '#000000' front
set label 3 '' at screen 0.238889,0.773810 left textcolor rgb '#000000' front
$d1 << EOD
-0.00383263781 11 -0.00766527561 0 10.64 11.36
-0.00890614487 9 -0.0178122897 0 8.64 9.36
0.0785116525 8 0 0.157023305 7.64 8.36
0.562599279 7 0 1.12519856 6.64 7.36
EOD
$d2 << EOD
-0.0377209402 11 -0.0677766048 -0.00766527561 10.64 11.36
-0.0592693582 9 -0.100726427 -0.0178122897 8.64 9.36
0.205466278 8 0.157023305 0.25390925 7.64 8.36
1.2389432 7 1.12519856 1.35268785 6.64 7.36
EOD
$d3 << EOD
-0.0933904618 11 -0.119004319 -0.0677766048 10.64 11.36
-0.114245852 9 -0.127765277 -0.100726427 8.64 9.36
0.27846411 8 0.25390925 0.303018969 7.64 8.36
1.37804423 7 1.35268785 1.4034006 6.64 7.36
EOD
$d4 << EOD
-0.120456073 11 -0.121907827 -0.119004319 10.64 11.36
-0.13016201 9 -0.132558743 -0.127765277 8.64 9.36
0.34380793 8 0.303018969 0.38459689 7.64 8.36
1.58250786 7 1.4034006 1.76161512 6.64 7.36
EOD
$d5 << EOD
0.0680493348 9 0 0.13609867 8.64 9.36
EOD
$d6 << EOD
6.61741637e-05 11 0 0.000132348327 10.64 11.36
6.54626334e-05 10 0 0.000130925267 9.64 10.36
0.136173485 9 0.13609867 0.136248301 8.64 9.36
0.384652622 8 0.38459689 0.384708354 7.64 8.36
1.76167258 7 1.76161512 1.76173003 6.64 7.36
EOD
$d7 << EOD
1.42480324 6 0 2.84960648 5.64 6.36
1.92487139 5 0 3.84974278 4.64 5.36
2.263026 4 0 4.52605199 3.64 4.36
2.27415834 3 0 4.54831669 2.64 3.36
2.49777542 2 0 4.99555084 1.64 2.36
2.49777542 1 0 4.99555084 0.64 1.36
EOD
set label 4 'known' at screen 0.230000,0.706526 right textcolor rgb '#777777' front
set label 5 'bayes' at screen 0.230000,0.653912 right textcolor rgb '#777777' front
set label 6 'twopart' at screen 0.230000,0.601297 right textcolor rgb '#777777' front
set label 7 'mix' at screen 0.230000,0.548682 right textcolor rgb '#000000' front
set label 8 'ngram' at screen 0.230000,0.496067 right textcolor rgb '#000000' front
set label 9 'xz -6' at screen 0.230000,0.443452 right textcolor rgb '#000000' front
set label 10 'brotli -5' at screen 0.230000,0.390838 right textcolor rgb '#000000' front
set label 11 'zstd -3' at screen 0.230000,0.338223 right textcolor rgb '#000000' front
set label 12 'xz -6 (text)' at screen 0.230000,0.285608 right textcolor rgb '#000000' front
set label 13 'brotli -5 (text)' at screen 0.230000,0.232993 right textcolor rgb '#000000' front
set label 14 'zstd -3 (text)' at screen 0.230000,0.180378 right textcolor rgb '#000000' front
set label 15 '-0.1218' at screen 0.252351,0.706526 left textcolor rgb '#000000' front
set label 16 '0.0001' at screen 0.252351,0.653912 left textcolor rgb '#000000' front
set label 17 '0.0037' at screen 0.260461,0.601297 left textcolor rgb '#000000' front
set label 18 '0.3847' at screen 0.275266,0.548682 left textcolor rgb '#000000' front
set label 19 '1.7617' at screen 0.357315,0.496067 left textcolor rgb '#000000' front
set label 20 '2.8496' at screen 0.422135,0.443452 left textcolor rgb '#000000' front
set label 21 '3.8497' at screen 0.481728,0.390838 left textcolor rgb '#000000' front
set label 22 '4.5261' at screen 0.522025,0.338223 left textcolor rgb '#000000' front
set label 23 '4.5483' at screen 0.523352,0.285608 left textcolor rgb '#000000' front
set label 24 '6.6048 >' at screen 0.550000,0.232993 left textcolor rgb '#000000' front
set label 25 '7.9323 >' at screen 0.550000,0.180378 left textcolor rgb '#000000' front
plot $d1 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d2 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d3 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d4 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d5 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#D55E00' notitle, \
  $d6 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle, \
  $d7 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#BBBBBB' notitle
unset label
unset arrow
set lmargin at screen 0.622222
set rmargin at screen 0.927778
set tmargin at screen 0.738095
set bmargin at screen 0.148810
set xrange [-0.1250302149:0.5001208596]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:11.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 26 'the same, enlarged' at screen 0.775000,0.041667 center textcolor rgb '#000000' front
set label 27 '' at screen 0.622222,0.773810 left textcolor rgb '#000000' front
$d8 << EOD
-0.00383263781 11 -0.00766527561 0 10.64 11.36
-0.00890614487 9 -0.0178122897 0 8.64 9.36
0.0785116525 8 0 0.157023305 7.64 8.36
0.25006043 7 0 0.50012086 6.64 7.36
EOD
$d9 << EOD
-0.0377209402 11 -0.0677766048 -0.00766527561 10.64 11.36
-0.0592693582 9 -0.100726427 -0.0178122897 8.64 9.36
0.205466278 8 0.157023305 0.25390925 7.64 8.36
0.50012086 7 0.50012086 0.50012086 6.64 7.36
EOD
$d10 << EOD
-0.0933904618 11 -0.119004319 -0.0677766048 10.64 11.36
-0.112878321 9 -0.125030215 -0.100726427 8.64 9.36
0.27846411 8 0.25390925 0.303018969 7.64 8.36
0.50012086 7 0.50012086 0.50012086 6.64 7.36
EOD
$d11 << EOD
-0.120456073 11 -0.121907827 -0.119004319 10.64 11.36
-0.125030215 9 -0.125030215 -0.125030215 8.64 9.36
0.34380793 8 0.303018969 0.38459689 7.64 8.36
0.50012086 7 0.50012086 0.50012086 6.64 7.36
EOD
$d12 << EOD
0.0680493348 9 0 0.13609867 8.64 9.36
EOD
$d13 << EOD
6.61741637e-05 11 0 0.000132348327 10.64 11.36
6.54626334e-05 10 0 0.000130925267 9.64 10.36
0.136173485 9 0.13609867 0.136248301 8.64 9.36
0.384652622 8 0.38459689 0.384708354 7.64 8.36
0.50012086 7 0.50012086 0.50012086 6.64 7.36
EOD
$d14 << EOD
0.25006043 6 0 0.50012086 5.64 6.36
0.25006043 5 0 0.50012086 4.64 5.36
0.25006043 4 0 0.50012086 3.64 4.36
0.25006043 3 0 0.50012086 2.64 3.36
0.25006043 2 0 0.50012086 1.64 2.36
0.25006043 1 0 0.50012086 0.64 1.36
EOD
set label 28 '-0.1218' at screen 0.688954,0.706526 left textcolor rgb '#000000' front
set label 29 '0.0001' at screen 0.688953,0.653912 left textcolor rgb '#000000' front
set label 30 '0.0037' at screen 0.755483,0.601297 left textcolor rgb '#000000' front
set label 31 '0.3847' at screen 0.876923,0.548682 left textcolor rgb '#000000' front
set label 32 '1.7617 >' at screen 0.933333,0.496067 left textcolor rgb '#000000' front
set label 33 '2.8496 >' at screen 0.933333,0.443452 left textcolor rgb '#000000' front
set label 34 '3.8497 >' at screen 0.933333,0.390838 left textcolor rgb '#000000' front
set label 35 '4.5261 >' at screen 0.933333,0.338223 left textcolor rgb '#000000' front
set label 36 '4.5483 >' at screen 0.933333,0.285608 left textcolor rgb '#000000' front
set label 37 '6.6048 >' at screen 0.933333,0.232993 left textcolor rgb '#000000' front
set label 38 '7.9323 >' at screen 0.933333,0.180378 left textcolor rgb '#000000' front
plot $d8 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d9 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d10 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d11 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d12 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#D55E00' notitle, \
  $d13 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle, \
  $d14 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#BBBBBB' notitle
unset label
unset arrow
set lmargin at screen 0.000000
set rmargin at screen 1.000000
set tmargin at screen 0.898810
set bmargin at screen 0.839286
set xrange [0:900]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-10:10]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset xtics
unset ytics
set label 39 '' at screen 0.500000,0.732143 center textcolor rgb '#000000' front
set label 40 '' at screen 0.000000,0.934524 left textcolor rgb '#000000' front
unset border
unset grid
$d15 << EOD
82.5 0 72.5 92.5 -5 5
EOD
set label 41 'syntax' at screen 0.109444,0.869048 left textcolor rgb '#000000' front
$d16 << EOD
168.3 0 158.3 178.3 -5 5
EOD
set label 42 'names' at screen 0.204778,0.869048 left textcolor rgb '#000000' front
$d17 << EOD
247.8 0 237.8 257.8 -5 5
EOD
set label 43 'first facts' at screen 0.293111,0.869048 left textcolor rgb '#000000' front
$d18 << EOD
365.1 0 355.1 375.1 -5 5
EOD
set label 44 'repeated facts' at screen 0.423444,0.869048 left textcolor rgb '#000000' front
$d19 << EOD
501.3 0 491.3 511.3 -5 5
EOD
set label 45 'stored model' at screen 0.574778,0.869048 left textcolor rgb '#000000' front
$d20 << EOD
624.9 0 614.9 634.9 -5 5
EOD
set label 46 'coder, header' at screen 0.712111,0.869048 left textcolor rgb '#000000' front
$d21 << EOD
754.8 0 744.8 764.8 -5 5
EOD
set label 47 'not split' at screen 0.856444,0.869048 left textcolor rgb '#000000' front
plot $d15 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d16 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d17 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d18 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d19 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#D55E00' notitle, \
  $d20 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle, \
  $d21 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#BBBBBB' notitle
unset label
unset arrow
unset multiplot
set output
