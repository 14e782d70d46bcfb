set encoding utf8
set terminal svg size 900,192 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Distance to the bound: sk alpha 0.5, beta 1, seed 1, 10000 sentences' at screen 0.500000,0.895833 center textcolor rgb '#000000' front
set lmargin at screen 0.238889
set rmargin at screen 0.544444
set tmargin at screen 0.541667
set bmargin at screen 0.260417
set xrange [0:1.900146577]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:3.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 2 'bits a token above Bayes' at screen 0.391667,0.072917 center textcolor rgb '#000000' front
set label 3 '' at screen 0.238889,0.604167 left textcolor rgb '#000000' front
$d1 << EOD
0.151340558 2 0 0.302681115 1.64 2.36
0.70770531 1 0 1.41541062 0.64 1.36
EOD
$d2 << EOD
0.330950281 2 0.302681115 0.359219447 1.64 2.36
1.49262293 1 1.41541062 1.56983525 0.64 1.36
EOD
$d3 << EOD
0.370190331 2 0.359219447 0.381161216 1.64 2.36
1.57783194 1 1.56983525 1.58582864 0.64 1.36
EOD
$d4 << EOD
0.422398885 2 0.381161216 0.463636554 1.64 2.36
1.7424543 1 1.58582864 1.89907997 0.64 1.36
EOD
$d5 << EOD
0.000613826447 3 0 0.00122765289 2.64 3.36
0.464185815 2 0.463636554 0.464735076 1.64 2.36
1.89961327 1 1.89907997 1.90014658 0.64 1.36
EOD
set label 4 'bayes' at screen 0.230000,0.488932 right textcolor rgb '#777777' front
set label 5 'mix' at screen 0.230000,0.401042 right textcolor rgb '#000000' front
set label 6 'ngram' at screen 0.230000,0.313151 right textcolor rgb '#000000' front
set label 7 '0.0012' at screen 0.244642,0.488932 left textcolor rgb '#000000' front
set label 8 '0.4647' at screen 0.319177,0.401042 left textcolor rgb '#000000' front
set label 9 '1.9001' at screen 0.550000,0.313151 left textcolor rgb '#000000' front
plot $d1 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d2 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d3 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d4 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d5 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle
unset label
unset arrow
set lmargin at screen 0.622222
set rmargin at screen 0.927778
set tmargin at screen 0.541667
set bmargin at screen 0.260417
set xrange [0:0.6041555986]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:3.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 10 'the same, enlarged' at screen 0.775000,0.072917 center textcolor rgb '#000000' front
set label 11 '' at screen 0.622222,0.604167 left textcolor rgb '#000000' front
$d6 << EOD
0.151340558 2 0 0.302681115 1.64 2.36
0.302077799 1 0 0.604155599 0.64 1.36
EOD
$d7 << EOD
0.330950281 2 0.302681115 0.359219447 1.64 2.36
0.604155599 1 0.604155599 0.604155599 0.64 1.36
EOD
$d8 << EOD
0.370190331 2 0.359219447 0.381161216 1.64 2.36
0.604155599 1 0.604155599 0.604155599 0.64 1.36
EOD
$d9 << EOD
0.422398885 2 0.381161216 0.463636554 1.64 2.36
0.604155599 1 0.604155599 0.604155599 0.64 1.36
EOD
$d10 << EOD
0.000613826447 3 0 0.00122765289 2.64 3.36
0.464185815 2 0.463636554 0.464735076 1.64 2.36
0.604155599 1 0.604155599 0.604155599 0.64 1.36
EOD
set label 12 '0.0012' at screen 0.628399,0.488932 left textcolor rgb '#000000' front
set label 13 '0.4647' at screen 0.862821,0.401042 left textcolor rgb '#000000' front
set label 14 '1.9001 >' at screen 0.933333,0.313151 left textcolor rgb '#000000' front
plot $d6 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d7 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d8 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d9 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d10 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle
unset label
unset arrow
set lmargin at screen 0.000000
set rmargin at screen 1.000000
set tmargin at screen 0.822917
set bmargin at screen 0.718750
set xrange [0:900]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-10:10]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset xtics
unset ytics
set label 15 '' at screen 0.500000,0.531250 center textcolor rgb '#000000' front
set label 16 '' at screen 0.000000,0.885417 left textcolor rgb '#000000' front
unset border
unset grid
$d11 << EOD
196.65 0 186.65 206.65 -5 5
EOD
set label 17 'syntax' at screen 0.236278,0.770833 left textcolor rgb '#000000' front
$d12 << EOD
282.45 0 272.45 292.45 -5 5
EOD
set label 18 'names' at screen 0.331611,0.770833 left textcolor rgb '#000000' front
$d13 << EOD
361.95 0 351.95 371.95 -5 5
EOD
set label 19 'first facts' at screen 0.419944,0.770833 left textcolor rgb '#000000' front
$d14 << EOD
479.25 0 469.25 489.25 -5 5
EOD
set label 20 'repeated facts' at screen 0.550278,0.770833 left textcolor rgb '#000000' front
$d15 << EOD
615.45 0 605.45 625.45 -5 5
EOD
set label 21 'coder, header' at screen 0.701611,0.770833 left textcolor rgb '#000000' front
plot $d11 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d12 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d13 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d14 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d15 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle
unset label
unset arrow
unset multiplot
set output
