set encoding utf8
set terminal svg size 900,336 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Distance to the bound: sk alpha 0.3, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.940476 center textcolor rgb '#000000' front
set lmargin at screen 0.238889
set rmargin at screen 0.544444
set tmargin at screen 0.738095
set bmargin at screen 0.148810
set xrange [-0.008169231145:4.168020692]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:11.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 2 'bits a token above Bayes' at screen 0.391667,0.041667 center textcolor rgb '#000000' front
set label 3 '' at screen 0.238889,0.773810 left textcolor rgb '#000000' front
$d1 << EOD
-0.00163300858 11 -0.00326601716 0 10.64 11.36
-0.00342857399 9 -0.00685714799 0 8.64 9.36
0.0144481457 8 0 0.0288962914 7.64 8.36
0.299668818 7 0 0.599337636 6.64 7.36
EOD
$d2 << EOD
-0.00361266813 11 -0.00395931909 -0.00326601716 10.64 11.36
-0.00712809462 9 -0.00739904125 -0.00685714799 8.64 9.36
0.0308785232 8 0.0288962914 0.0328607549 7.64 8.36
0.616706046 7 0.599337636 0.634074457 6.64 7.36
EOD
$d3 << EOD
-0.00440249266 11 -0.00484566623 -0.00395931909 10.64 11.36
-0.00774505638 9 -0.00809107152 -0.00739904125 8.64 9.36
0.0333552549 8 0.0328607549 0.0338497549 7.64 8.36
0.634464184 7 0.634074457 0.634853911 6.64 7.36
EOD
$d4 << EOD
0.000248821749 11 0 0.000497643497 10.64 11.36
-0.00813015133 9 -0.00816923115 -0.00809107152 8.64 9.36
0.0379367466 8 0.0338497549 0.0420237383 7.64 8.36
0.685357495 7 0.634853911 0.735861078 6.64 7.36
EOD
$d5 << EOD
0.00412982578 9 0 0.00825965156 8.64 9.36
EOD
$d6 << EOD
0.000558176401 11 0.000497643497 0.000618709304 10.64 11.36
5.88802251e-05 10 0 0.00011776045 9.64 10.36
0.00832802126 9 0.00825965156 0.00839639095 8.64 9.36
0.0420754262 8 0.0420237383 0.0421271141 7.64 8.36
0.73591509 7 0.735861078 0.735969102 6.64 7.36
EOD
$d7 << EOD
0.957611929 6 0 1.91522386 5.64 6.36
1.41328761 5 0 2.82657521 4.64 5.36
1.50956295 4 0 3.0191259 3.64 4.36
1.66844989 3 0 3.33689978 2.64 3.36
2.08401035 2 0 4.16802069 1.64 2.36
2.08401035 1 0 4.16802069 0.64 1.36
EOD
set label 4 'known' at screen 0.230000,0.706526 right textcolor rgb '#777777' front
set label 5 'bayes' at screen 0.230000,0.653912 right textcolor rgb '#777777' front
set label 6 'twopart' at screen 0.230000,0.601297 right textcolor rgb '#777777' front
set label 7 'mix' at screen 0.230000,0.548682 right textcolor rgb '#000000' front
set label 8 'ngram' at screen 0.230000,0.496067 right textcolor rgb '#000000' front
set label 9 'xz -6' at screen 0.230000,0.443452 right textcolor rgb '#000000' front
set label 10 'brotli -5' at screen 0.230000,0.390838 right textcolor rgb '#000000' front
set label 11 'xz -6 (text)' at screen 0.230000,0.338223 right textcolor rgb '#000000' front
set label 12 'zstd -3' at screen 0.230000,0.285608 right textcolor rgb '#000000' front
set label 13 'brotli -5 (text)' at screen 0.230000,0.232993 right textcolor rgb '#000000' front
set label 14 'zstd -3 (text)' at screen 0.230000,0.180378 right textcolor rgb '#000000' front
set label 15 '-0.0042' at screen 0.245087,0.706526 left textcolor rgb '#000000' front
set label 16 '0.0001' at screen 0.245051,0.653912 left textcolor rgb '#000000' front
set label 17 '0.0002' at screen 0.245656,0.601297 left textcolor rgb '#000000' front
set label 18 '0.0421' at screen 0.248124,0.548682 left textcolor rgb '#000000' front
set label 19 '0.7360' at screen 0.298890,0.496067 left textcolor rgb '#000000' front
set label 20 '1.9152' at screen 0.385172,0.443452 left textcolor rgb '#000000' front
set label 21 '2.8266' at screen 0.451852,0.390838 left textcolor rgb '#000000' front
set label 22 '3.0191' at screen 0.465940,0.338223 left textcolor rgb '#000000' front
set label 23 '3.3369' at screen 0.489190,0.285608 left textcolor rgb '#000000' front
set label 24 '4.8907 >' at screen 0.550000,0.232993 left textcolor rgb '#000000' front
set label 25 '6.0159 >' at screen 0.550000,0.180378 left textcolor rgb '#000000' front
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
set xrange [-0.008169231145:0.05476524832]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:11.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 26 'the same, enlarged' at screen 0.775000,0.041667 center textcolor rgb '#000000' front
set label 27 '' at screen 0.622222,0.773810 left textcolor rgb '#000000' front
$d8 << EOD
-0.00163300858 11 -0.00326601716 0 10.64 11.36
-0.00342857399 9 -0.00685714799 0 8.64 9.36
0.0144481457 8 0 0.0288962914 7.64 8.36
0.0273826242 7 0 0.0547652483 6.64 7.36
EOD
$d9 << EOD
-0.00361266813 11 -0.00395931909 -0.00326601716 10.64 11.36
-0.00712809462 9 -0.00739904125 -0.00685714799 8.64 9.36
0.0308785232 8 0.0288962914 0.0328607549 7.64 8.36
0.0547652483 7 0.0547652483 0.0547652483 6.64 7.36
EOD
$d10 << EOD
-0.00440249266 11 -0.00484566623 -0.00395931909 10.64 11.36
-0.00774505638 9 -0.00809107152 -0.00739904125 8.64 9.36
0.0333552549 8 0.0328607549 0.0338497549 7.64 8.36
0.0547652483 7 0.0547652483 0.0547652483 6.64 7.36
EOD
$d11 << EOD
0.000248821749 11 0 0.000497643497 10.64 11.36
-0.00813015133 9 -0.00816923115 -0.00809107152 8.64 9.36
0.0379367466 8 0.0338497549 0.0420237383 7.64 8.36
0.0547652483 7 0.0547652483 0.0547652483 6.64 7.36
EOD
$d12 << EOD
0.00412982578 9 0 0.00825965156 8.64 9.36
EOD
$d13 << EOD
0.000558176401 11 0.000497643497 0.000618709304 10.64 11.36
5.88802251e-05 10 0 0.00011776045 9.64 10.36
0.00832802126 9 0.00825965156 0.00839639095 8.64 9.36
0.0420754262 8 0.0420237383 0.0421271141 7.64 8.36
0.0547652483 7 0.0547652483 0.0547652483 6.64 7.36
EOD
$d14 << EOD
0.0273826242 6 0 0.0547652483 5.64 6.36
0.0273826242 5 0 0.0547652483 4.64 5.36
0.0273826242 4 0 0.0547652483 3.64 4.36
0.0273826242 3 0 0.0547652483 2.64 3.36
0.0273826242 2 0 0.0547652483 1.64 2.36
0.0273826242 1 0 0.0547652483 0.64 1.36
EOD
set label 28 '-0.0042' at screen 0.670444,0.706526 left textcolor rgb '#000000' front
set label 29 '0.0001' at screen 0.668012,0.653912 left textcolor rgb '#000000' front
set label 30 '0.0002' at screen 0.708206,0.601297 left textcolor rgb '#000000' front
set label 31 '0.0421' at screen 0.871973,0.548682 left textcolor rgb '#000000' front
set label 32 '0.7360 >' at screen 0.933333,0.496067 left textcolor rgb '#000000' front
set label 33 '1.9152 >' at screen 0.933333,0.443452 left textcolor rgb '#000000' front
set label 34 '2.8266 >' at screen 0.933333,0.390838 left textcolor rgb '#000000' front
set label 35 '3.0191 >' at screen 0.933333,0.338223 left textcolor rgb '#000000' front
set label 36 '3.3369 >' at screen 0.933333,0.285608 left textcolor rgb '#000000' front
set label 37 '4.8907 >' at screen 0.933333,0.232993 left textcolor rgb '#000000' front
set label 38 '6.0159 >' at screen 0.933333,0.180378 left textcolor rgb '#000000' front
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
