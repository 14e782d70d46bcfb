set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against speed: ordinary file: the C sources and README.md of this program' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [0.06409342839:202.1314852]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50, '100' 100, '200' 200)
set yrange [1.095090982:8.960054896]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 2 'compressed megabytes a second of processor time (faster to the right)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a byte, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
0.22873 1.1608
0.806827 1.2447
2.92747 1.45525
23.9423 1.91228
71.4781 2.19147
EOD
$d2 << EOD
0.22873 1.1608
0.806827 1.2447
2.92747 1.45525
1.37068 1.57251
0.441482 1.65904
1.4701 1.67462
1.72099 1.67517
1.67915 1.70524
1.55663 1.70533
23.9423 1.91228
71.4781 2.19147
0.107781 2.47331
7.57249 5.33584
21.6502 8.00005
EOD
set label 4 'mix -9' at screen 0.211011,0.545720 right textcolor rgb '#333333' front
set arrow 5 from screen 0.360722,0.557894 to screen 0.368500,0.543449 nohead lw 0.7 lc rgb '#999999'
set label 6 'mix' at screen 0.369611,0.543449 left textcolor rgb '#333333' front
set label 7 'mix -1' at screen 0.495807,0.592379 right textcolor rgb '#333333' front
set label 8 'ngram' at screen 0.411035,0.598675 right textcolor rgb '#333333' front
set label 9 'brotli -11 large' at screen 0.284473,0.608019 right textcolor rgb '#333333' front
set label 10 'xz -9e' at screen 0.418858,0.616872 right textcolor rgb '#333333' front
set label 11 'xz -6' at screen 0.454238,0.609707 left textcolor rgb '#333333' front
set arrow 12 from screen 0.442600,0.612810 to screen 0.450378,0.627255 nohead lw 0.7 lc rgb '#999999'
set label 13 'zstd -19' at screen 0.451489,0.627255 left textcolor rgb '#333333' front
set arrow 14 from screen 0.434136,0.612820 to screen 0.426358,0.634487 nohead lw 0.7 lc rgb '#999999'
set label 15 'zstd -22 long' at screen 0.425247,0.634487 right textcolor rgb '#333333' front
set label 16 'brotli -5' at screen 0.730574,0.640022 right textcolor rgb '#333333' front
set label 17 'zstd -3' at screen 0.870538,0.656572 left textcolor rgb '#333333' front
set label 18 'transformer (two-part) fit 10 s' at screen 0.144731,0.677677 left textcolor rgb '#333333' front
set label 19 'order0' at screen 0.619756,0.811804 left textcolor rgb '#333333' front
set label 20 'uniform' at screen 0.737110,0.882453 left textcolor rgb '#333333' front
plot $d1 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d2 using 1:2 with points pt 9 ps 0.8 lw 1.4 lc rgb '#009E73' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.431111
set bmargin at screen 0.064444
set xrange [0.1603363835:444.3514301]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('0.2' 0.2, '0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50, '100' 100, '200' 200)
set yrange [1.095090982:8.960054896]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 21 'decompressed megabytes a second of processor time (faster to the right)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 22 'bits a byte, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d3 << EOD
0.291807 1.1608
0.861358 1.2447
2.43006 1.45525
87.6312 1.65904
103.888 1.70524
158.372 1.70533
EOD
$d4 << EOD
0.291807 1.1608
0.861358 1.2447
2.43006 1.45525
1.66293 1.57251
87.6312 1.65904
52.5029 1.67462
57.7212 1.67517
103.888 1.70524
158.372 1.70533
122.862 1.91228
139.372 2.19147
0.267388 2.47331
5.42948 5.33584
159.775 8.00005
EOD
set label 23 'mix -9' at screen 0.136876,0.074609 right textcolor rgb '#333333' front
set arrow 24 from screen 0.268656,0.086782 to screen 0.276434,0.072338 nohead lw 0.7 lc rgb '#999999'
set label 25 'mix' at screen 0.277545,0.072338 left textcolor rgb '#333333' front
set arrow 26 from screen 0.386410,0.114046 to screen 0.394188,0.099601 nohead lw 0.7 lc rgb '#999999'
set label 27 'mix -1' at screen 0.395299,0.099601 left textcolor rgb '#333333' front
set label 28 'ngram' at screen 0.352231,0.127564 left textcolor rgb '#333333' front
set arrow 29 from screen 0.793457,0.136908 to screen 0.801235,0.122463 nohead lw 0.7 lc rgb '#999999'
set label 30 'brotli -11 large' at screen 0.802346,0.122463 left textcolor rgb '#333333' front
set label 31 'xz -9e' at screen 0.726408,0.145761 right textcolor rgb '#333333' front
set arrow 32 from screen 0.746055,0.138596 to screen 0.753832,0.124152 nohead lw 0.7 lc rgb '#999999'
set label 33 'xz -6' at screen 0.754943,0.124152 left textcolor rgb '#333333' front
set arrow 34 from screen 0.812777,0.141699 to screen 0.805000,0.156144 nohead lw 0.7 lc rgb '#999999'
set label 35 'zstd -19' at screen 0.803888,0.156144 right textcolor rgb '#333333' front
set label 36 'zstd -22 long' at screen 0.869537,0.141709 left textcolor rgb '#333333' front
set label 37 'brotli -5' at screen 0.840712,0.161689 left textcolor rgb '#333333' front
set label 38 'zstd -3' at screen 0.855027,0.185461 left textcolor rgb '#333333' front
set label 39 'transformer (two-part) fit 10 s' at screen 0.144731,0.206566 left textcolor rgb '#333333' front
set label 40 'order0' at screen 0.486572,0.340693 left textcolor rgb '#333333' front
set label 41 'uniform' at screen 0.870538,0.411342 left textcolor rgb '#333333' front
plot $d3 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d4 using 1:2 with points pt 9 ps 0.8 lw 1.4 lc rgb '#009E73' notitle
unset label
unset arrow
set lmargin at screen 0.000000
set rmargin at screen 1.000000
set tmargin at screen 0.962222
set bmargin at screen 0.940000
set xrange [0:900]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-10:10]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset xtics
unset ytics
set label 42 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 43 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d5 << EOD
305.9 0 305.9 325.9 -5 5
315.9 0 305.9 325.9 -5 5
325.9 0 305.9 325.9 -5 5
EOD
set label 44 'Pareto front' at screen 0.368778,0.951111 left textcolor rgb '#000000' front
$d6 << EOD
439.5 0 429.5 449.5 -5 5
EOD
set label 45 'given the file''s bytes' at screen 0.506111,0.951111 left textcolor rgb '#000000' front
plot $d5 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d6 using 1:2 with points pt 9 ps 0.8 lw 1.4 lc rgb '#009E73' notitle
unset label
unset arrow
unset multiplot
set output
