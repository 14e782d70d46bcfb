set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against memory: sk alpha 0.3, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [6.877726189:173.0806649]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100)
set yrange [1.962059801:9.071858656]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 2 'MiB that compressing takes (less to the left)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a token, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
6.87773 2.08401035
173.081 2.08401035
EOD
$d2 << EOD
114.156 2.12614
16.2676 2.81998
41.1816 3.99923
16.6602 4.91059
8.46875 5.42091
EOD
$d3 << EOD
10.9883 2.07978
12.0898 2.08413
13.1094 2.08424
EOD
$d4 << EOD
71.707 5.10314
26.8398 6.97471
12.4102 8.09987
EOD
set arrow 4 from screen 0.208514,0.549509 to screen 0.216292,0.563953 nohead lw 0.7 lc rgb '#999999'
set label 5 'known' at screen 0.217403,0.563953 left textcolor rgb '#333333' front
set arrow 6 from screen 0.235172,0.550009 to screen 0.242950,0.578898 nohead lw 0.7 lc rgb '#999999'
set label 7 'bayes' at screen 0.244061,0.578898 left textcolor rgb '#333333' front
set arrow 8 from screen 0.257763,0.550021 to screen 0.265540,0.564466 nohead lw 0.7 lc rgb '#999999'
set label 9 'twopart' at screen 0.266651,0.564466 left textcolor rgb '#333333' front
set label 10 'mix' at screen 0.870538,0.562010 left textcolor rgb '#333333' front
set label 11 'ngram' at screen 0.326879,0.622418 left textcolor rgb '#333333' front
set label 12 'xz -6' at screen 0.586046,0.706081 left textcolor rgb '#333333' front
set label 13 'brotli -5' at screen 0.333533,0.755242 left textcolor rgb '#333333' front
set label 14 'xz -6' at screen 0.740795,0.764452 left textcolor rgb '#333333' front
set label 15 'zstd -3' at screen 0.144731,0.778918 left textcolor rgb '#333333' front
set label 16 'brotli -5' at screen 0.466593,0.839270 left textcolor rgb '#333333' front
set label 17 'zstd -3' at screen 0.251357,0.875084 left textcolor rgb '#333333' front
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
set xrange [6.195388114:174.2828296]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100)
set yrange [1.962059801:9.071858656]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 18 'MiB that decompressing takes (less to the left)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 19 'bits a token, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d5 << EOD
6.19539 2.08401035
174.283 2.08401035
EOD
$d6 << EOD
113.309 2.12614
16.3633 2.81998
9.10156 3.99923
9.19531 4.91059
7.68359 5.42091
EOD
$d7 << EOD
11.1758 2.07978
12.0469 2.08413
13.123 2.08424
EOD
$d8 << EOD
16.5117 5.10314
16.7891 6.97471
11.625 8.09987
EOD
set arrow 20 from screen 0.236894,0.078398 to screen 0.244671,0.092842 nohead lw 0.7 lc rgb '#999999'
set label 21 'known' at screen 0.245782,0.092842 left textcolor rgb '#333333' front
set arrow 22 from screen 0.257137,0.078898 to screen 0.264915,0.107787 nohead lw 0.7 lc rgb '#999999'
set label 23 'bayes' at screen 0.266026,0.107787 left textcolor rgb '#333333' front
set arrow 24 from screen 0.280215,0.078910 to screen 0.287993,0.093355 nohead lw 0.7 lc rgb '#999999'
set label 25 'twopart' at screen 0.289104,0.093355 left textcolor rgb '#333333' front
set label 26 'mix' at screen 0.870538,0.090899 left textcolor rgb '#333333' front
set label 27 'ngram' at screen 0.348622,0.151307 left textcolor rgb '#333333' front
set label 28 'xz -6' at screen 0.190410,0.234970 left textcolor rgb '#333333' front
set label 29 'brotli -5' at screen 0.193173,0.284130 left textcolor rgb '#333333' front
set label 30 'xz -6' at screen 0.351057,0.293341 left textcolor rgb '#333333' front
set label 31 'zstd -3' at screen 0.144731,0.307807 left textcolor rgb '#333333' front
set label 32 'brotli -5' at screen 0.355550,0.368159 left textcolor rgb '#333333' front
set label 33 'zstd -3' at screen 0.256412,0.403973 left textcolor rgb '#333333' front
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
set label 34 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 35 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d9 << EOD
150.8 0 150.8 170.8 -5 5
160.8 0 150.8 170.8 -5 5
170.8 0 150.8 170.8 -5 5
EOD
set label 36 'Bayes bound' at screen 0.196444,0.951111 left textcolor rgb '#000000' front
$d10 << EOD
278.1 0 268.1 288.1 -5 5
EOD
set label 37 'given the tokens' at screen 0.326778,0.951111 left textcolor rgb '#000000' front
$d11 << EOD
426.9 0 416.9 436.9 -5 5
EOD
set label 38 'its reader knows the source' at screen 0.492111,0.951111 left textcolor rgb '#000000' front
$d12 << EOD
645 0 635 655 -5 5
EOD
set label 39 'given the text' at screen 0.734444,0.951111 left textcolor rgb '#000000' front
plot $d9 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d10 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d11 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d12 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
