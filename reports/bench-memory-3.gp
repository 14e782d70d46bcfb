set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against memory: sk alpha 0.7, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [6.900267119:174.7582762]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100)
set yrange [2.241509378:11.68168126]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 2 'MiB that compressing takes (less to the left)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a token, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
6.90027 2.49777542
174.758 2.49777542
EOD
$d2 << EOD
115.168 2.88248
29.3164 4.25951
39.8984 5.34738
15.9336 6.34752
8.5 7.02383
EOD
$d3 << EOD
13.9141 2.376
15.1465 2.49791
15.4297 2.50146
EOD
$d4 << EOD
72.4297 7.04609
27.5703 9.10254
12.1914 10.4301
EOD
set label 4 'known' at screen 0.264197,0.548497 right textcolor rgb '#333333' front
set arrow 5 from screen 0.296720,0.559610 to screen 0.304498,0.545166 nohead lw 0.7 lc rgb '#999999'
set label 6 'bayes' at screen 0.305609,0.545166 left textcolor rgb '#333333' front
set arrow 7 from screen 0.301879,0.559926 to screen 0.309657,0.574371 nohead lw 0.7 lc rgb '#999999'
set label 8 'twopart' at screen 0.310768,0.574371 left textcolor rgb '#333333' front
set label 9 'mix' at screen 0.870538,0.591416 left textcolor rgb '#333333' front
set label 10 'ngram' at screen 0.489511,0.678148 left textcolor rgb '#333333' front
set label 11 'xz -6' at screen 0.575335,0.728666 left textcolor rgb '#333333' front
set label 12 'brotli -5' at screen 0.319717,0.766748 left textcolor rgb '#333333' front
set label 13 'zstd -3' at screen 0.144731,0.789234 left textcolor rgb '#333333' front
set label 14 'xz -6' at screen 0.741386,0.789937 left textcolor rgb '#333333' front
set label 15 'brotli -5' at screen 0.472410,0.846814 left textcolor rgb '#333333' front
set label 16 'zstd -3' at screen 0.245169,0.877051 left textcolor rgb '#333333' front
plot $d1 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d2 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d3 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d4 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.431111
set bmargin at screen 0.064444
set xrange [6.176915555:176.3421179]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100)
set yrange [2.241509378:11.68168126]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 17 'MiB that decompressing takes (less to the left)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 18 'bits a token, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d5 << EOD
6.17692 2.49777542
176.342 2.49777542
EOD
$d6 << EOD
114.43 2.88248
30.4023 4.25951
8.99219 5.34738
9.08203 6.34752
7.66797 7.02383
EOD
$d7 << EOD
14 2.376
15.0898 2.49791
15.8145 2.50146
EOD
$d8 << EOD
15.7852 7.04609
16.2148 9.10254
11.3828 10.4301
EOD
set label 19 'known' at screen 0.288609,0.077386 right textcolor rgb '#333333' front
set arrow 20 from screen 0.317628,0.088499 to screen 0.325405,0.074055 nohead lw 0.7 lc rgb '#999999'
set label 21 'bayes' at screen 0.326517,0.074055 left textcolor rgb '#333333' front
set arrow 22 from screen 0.330222,0.088815 to screen 0.338000,0.103260 nohead lw 0.7 lc rgb '#999999'
set label 23 'twopart' at screen 0.339111,0.103260 left textcolor rgb '#333333' front
set label 24 'mix' at screen 0.870538,0.120304 left textcolor rgb '#333333' front
set label 25 'ngram' at screen 0.514620,0.207037 left textcolor rgb '#333333' front
set label 26 'xz -6' at screen 0.187509,0.257555 left textcolor rgb '#333333' front
set label 27 'brotli -5' at screen 0.190178,0.295637 left textcolor rgb '#333333' front
set label 28 'zstd -3' at screen 0.144731,0.318123 left textcolor rgb '#333333' front
set label 29 'xz -6' at screen 0.338613,0.318826 left textcolor rgb '#333333' front
set label 30 'brotli -5' at screen 0.345825,0.375703 left textcolor rgb '#333333' front
set label 31 'zstd -3' at screen 0.250814,0.405940 left textcolor rgb '#333333' front
plot $d5 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d6 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d7 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d8 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
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
set label 32 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 33 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d9 << EOD
150.8 0 150.8 170.8 -5 5
160.8 0 150.8 170.8 -5 5
170.8 0 150.8 170.8 -5 5
EOD
set label 34 'Bayes bound' at screen 0.196444,0.951111 left textcolor rgb '#000000' front
$d10 << EOD
278.1 0 268.1 288.1 -5 5
EOD
set label 35 'given the tokens' at screen 0.326778,0.951111 left textcolor rgb '#000000' front
$d11 << EOD
426.9 0 416.9 436.9 -5 5
EOD
set label 36 'its reader knows the source' at screen 0.492111,0.951111 left textcolor rgb '#000000' front
$d12 << EOD
645 0 635 655 -5 5
EOD
set label 37 'given the text' at screen 0.734444,0.951111 left textcolor rgb '#000000' front
plot $d9 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d10 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d11 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d12 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
