set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against speed: sk alpha 0.7, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [91451.39934:93466619.02]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100k' 100000, '200k' 200000, '500k' 500000, '1M' 1000000, '2M' 2000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '50M' 50000000)
set yrange [2.241509378:11.68168126]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 2 'compressed tokens a second of processor time (faster to the right)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a token, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
143004 2.88248
816371 4.25951
7.19993e+06 6.34752
3.82242e+07 7.02383
EOD
$d2 << EOD
91451.4 2.49777542
9.34666e+07 2.49777542
EOD
$d3 << EOD
143004 2.88248
816371 4.25951
713167 5.34738
7.19993e+06 6.34752
3.82242e+07 7.02383
EOD
$d4 << EOD
1.20936e+06 2.376
1.08446e+06 2.49791
905258 2.50146
EOD
$d5 << EOD
200620 7.04609
3.16373e+06 9.10254
1.82935e+07 10.4301
EOD
set label 4 'known' at screen 0.422018,0.548497 left textcolor rgb '#333333' front
set arrow 5 from screen 0.398971,0.559610 to screen 0.391193,0.545166 nohead lw 0.7 lc rgb '#999999'
set label 6 'bayes' at screen 0.390082,0.545166 right textcolor rgb '#333333' front
set arrow 7 from screen 0.375513,0.559926 to screen 0.383291,0.574371 nohead lw 0.7 lc rgb '#999999'
set label 8 'twopart' at screen 0.384402,0.574371 left textcolor rgb '#333333' front
set label 9 'mix' at screen 0.126953,0.591416 right textcolor rgb '#333333' front
set label 10 'ngram' at screen 0.370979,0.670925 left textcolor rgb '#333333' front
set label 11 'xz -6' at screen 0.353425,0.728666 left textcolor rgb '#333333' front
set label 12 'brotli -5' at screen 0.635941,0.773970 right textcolor rgb '#333333' front
set label 13 'zstd -3' at screen 0.870538,0.789234 left textcolor rgb '#333333' front
set label 14 'xz -6' at screen 0.188700,0.789937 left textcolor rgb '#333333' front
set label 15 'brotli -5' at screen 0.546917,0.846814 left textcolor rgb '#333333' front
set label 16 'zstd -3' at screen 0.774827,0.877051 left textcolor rgb '#333333' front
plot $d1 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d2 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d3 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d4 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d5 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.431111
set bmargin at screen 0.064444
set xrange [73855.96305:206461930.4]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100k' 100000, '200k' 200000, '500k' 500000, '1M' 1000000, '2M' 2000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '50M' 50000000, '100M' 100000000, '200M' 200000000)
set yrange [2.241509378:11.68168126]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 17 'decompressed tokens a second of processor time (faster to the right)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 18 'bits a token, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d6 << EOD
123236 2.88248
953337 4.25951
1.787e+07 5.34738
4.8525e+07 6.34752
7.41543e+07 7.02383
EOD
$d7 << EOD
73856 2.49777542
2.06462e+08 2.49777542
EOD
$d8 << EOD
123236 2.88248
953337 4.25951
1.787e+07 5.34738
4.8525e+07 6.34752
7.41543e+07 7.02383
EOD
$d9 << EOD
1.27059e+06 2.376
953555 2.49791
1.1302e+06 2.50146
EOD
$d10 << EOD
1.09499e+07 7.04609
2.61995e+07 9.10254
3.76794e+07 10.4301
EOD
set label 19 'known' at screen 0.409334,0.077386 left textcolor rgb '#333333' front
set arrow 20 from screen 0.367892,0.088499 to screen 0.360114,0.074055 nohead lw 0.7 lc rgb '#999999'
set label 21 'bayes' at screen 0.359003,0.074055 right textcolor rgb '#333333' front
set arrow 22 from screen 0.387166,0.088815 to screen 0.394944,0.103260 nohead lw 0.7 lc rgb '#999999'
set label 23 'twopart' at screen 0.396055,0.103260 left textcolor rgb '#333333' front
set label 24 'mix' at screen 0.126953,0.120304 right textcolor rgb '#333333' front
set label 25 'ngram' at screen 0.358977,0.214259 right textcolor rgb '#333333' front
set label 26 'xz -6' at screen 0.709151,0.250333 left textcolor rgb '#333333' front
set label 27 'brotli -5' at screen 0.822444,0.288414 left textcolor rgb '#333333' front
set label 28 'zstd -3' at screen 0.870538,0.318123 left textcolor rgb '#333333' front
set label 29 'xz -6' at screen 0.653603,0.318826 left textcolor rgb '#333333' front
set label 30 'brotli -5' at screen 0.752544,0.375703 left textcolor rgb '#333333' front
set label 31 'zstd -3' at screen 0.793755,0.405940 left textcolor rgb '#333333' front
plot $d6 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d7 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d8 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d9 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d10 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
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
$d11 << EOD
89 0 89 109 -5 5
99 0 89 109 -5 5
109 0 89 109 -5 5
EOD
set label 34 'Pareto front' at screen 0.127778,0.951111 left textcolor rgb '#000000' front
$d12 << EOD
212.6 0 212.6 232.6 -5 5
222.6 0 212.6 232.6 -5 5
232.6 0 212.6 232.6 -5 5
EOD
set label 35 'Bayes bound' at screen 0.265111,0.951111 left textcolor rgb '#000000' front
$d13 << EOD
339.9 0 329.9 349.9 -5 5
EOD
set label 36 'given the tokens' at screen 0.395444,0.951111 left textcolor rgb '#000000' front
$d14 << EOD
488.7 0 478.7 498.7 -5 5
EOD
set label 37 'its reader knows the source' at screen 0.560778,0.951111 left textcolor rgb '#000000' front
$d15 << EOD
706.8 0 696.8 716.8 -5 5
EOD
set label 38 'given the text' at screen 0.803111,0.951111 left textcolor rgb '#000000' front
plot $d11 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d12 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d13 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d14 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d15 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
