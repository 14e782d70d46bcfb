set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against memory: ordinary file: the C sources and README.md of this program' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [5.848041532:1076.945812]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100, '200' 200, '300' 300, '500' 500, '1k' 1000)
set yrange [1.095090982:8.960054896]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 2 'MiB that compressing takes (less to the left)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a byte, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
549.43 1.1608
159.305 1.2447
19.5566 1.45525
24.9961 1.57251
41.5547 1.65904
78.4082 1.67462
38.7109 1.67517
39.9043 1.70524
39.9258 1.70533
14.2891 1.91228
8.1875 2.19147
19.2148 2.47331
8.85938 5.33584
10.1797 8.00005
EOD
set label 4 'mix -9' at screen 0.870538,0.545720 left textcolor rgb '#333333' front
set label 5 'mix' at screen 0.656906,0.557894 left textcolor rgb '#333333' front
set label 6 'mix -1' at screen 0.294974,0.585157 left textcolor rgb '#333333' front
set label 7 'ngram' at screen 0.337320,0.598675 left textcolor rgb '#333333' front
set arrow 8 from screen 0.416138,0.608019 to screen 0.423916,0.593574 nohead lw 0.7 lc rgb '#999999'
set label 9 'brotli -11 large' at screen 0.425027,0.593574 left textcolor rgb '#333333' front
set label 10 'xz -9e' at screen 0.534584,0.609650 left textcolor rgb '#333333' front
set label 11 'xz -6' at screen 0.395017,0.616929 right textcolor rgb '#333333' front
set label 12 'zstd -19' at screen 0.418034,0.620033 left textcolor rgb '#333333' front
set arrow 13 from screen 0.409238,0.612820 to screen 0.417016,0.634487 nohead lw 0.7 lc rgb '#999999'
set label 14 'zstd -22 long' at screen 0.418127,0.634487 left textcolor rgb '#333333' front
set label 15 'brotli -5' at screen 0.240824,0.632800 left textcolor rgb '#333333' front
set label 16 'zstd -3' at screen 0.144731,0.656572 left textcolor rgb '#333333' front
set label 17 'transformer (two-part) fit 10 s' at screen 0.291932,0.677677 left textcolor rgb '#333333' front
set label 18 'order0' at screen 0.158340,0.811804 left textcolor rgb '#333333' front
set label 19 'uniform' at screen 0.182311,0.882453 left textcolor rgb '#333333' front
plot $d1 using 1:2 with points pt 9 ps 0.8 lw 1.4 lc rgb '#009E73' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.431111
set bmargin at screen 0.064444
set xrange [5.016336132:1102.124456]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100, '200' 200, '300' 300, '500' 500, '1k' 1000)
set yrange [1.095090982:8.960054896]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 20 'MiB that decompressing takes (less to the left)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 21 'bits a byte, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d2 << EOD
549.613 1.1608
159.355 1.2447
19.6777 1.45525
25.9883 1.57251
8.75 1.65904
8.53125 1.67462
8.51367 1.67517
7.10352 1.70524
7.1543 1.70533
8.67578 1.91228
7.3125 2.19147
12.0742 2.47331
8.07227 5.33584
8.26172 8.00005
EOD
set label 22 'mix -9' at screen 0.870538,0.074609 left textcolor rgb '#333333' front
set label 23 'mix' at screen 0.663897,0.086782 left textcolor rgb '#333333' front
set label 24 'mix -1' at screen 0.314790,0.114046 left textcolor rgb '#333333' front
set label 25 'ngram' at screen 0.361216,0.127564 left textcolor rgb '#333333' front
set label 26 'brotli -11 large' at screen 0.179525,0.136908 left textcolor rgb '#333333' front
set arrow 27 from screen 0.166410,0.138538 to screen 0.174188,0.124094 nohead lw 0.7 lc rgb '#999999'
set label 28 'xz -9e' at screen 0.175299,0.124094 left textcolor rgb '#333333' front
set arrow 29 from screen 0.166066,0.138596 to screen 0.158288,0.124152 nohead lw 0.7 lc rgb '#999999'
set label 30 'xz -6' at screen 0.157177,0.124152 right textcolor rgb '#333333' front
set arrow 31 from screen 0.135842,0.141699 to screen 0.143620,0.105588 nohead lw 0.7 lc rgb '#999999'
set label 32 'zstd -19' at screen 0.144731,0.105588 left textcolor rgb '#333333' front
set arrow 33 from screen 0.137031,0.141709 to screen 0.144809,0.091153 nohead lw 0.7 lc rgb '#999999'
set label 34 'zstd -22 long' at screen 0.145920,0.091153 left textcolor rgb '#333333' front
set label 35 'brotli -5' at screen 0.178103,0.161689 left textcolor rgb '#333333' front
set label 36 'zstd -3' at screen 0.149571,0.185461 left textcolor rgb '#333333' front
set label 37 'transformer (two-part) fit 10 s' at screen 0.233271,0.206566 left textcolor rgb '#333333' front
set label 38 'order0' at screen 0.166069,0.340693 left textcolor rgb '#333333' front
set label 39 'uniform' at screen 0.169941,0.411342 left textcolor rgb '#333333' front
plot $d2 using 1:2 with points pt 9 ps 0.8 lw 1.4 lc rgb '#009E73' notitle
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
set label 40 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 41 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d3 << EOD
377.7 0 367.7 387.7 -5 5
EOD
set label 42 'given the file''s bytes' at screen 0.437444,0.951111 left textcolor rgb '#000000' front
plot $d3 using 1:2 with points pt 9 ps 0.8 lw 1.4 lc rgb '#009E73' notitle
unset label
unset arrow
unset multiplot
set output
