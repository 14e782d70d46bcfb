set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against speed: sk alpha 0.3, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [114357.9772:87201110.52]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('200k' 200000, '500k' 500000, '1M' 1000000, '2M' 2000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '50M' 50000000)
set yrange [1.962059801:9.071858656]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 2 'compressed tokens a second of processor time (faster to the right)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a token, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
175476 2.12614
1.67819e+06 2.81998
6.55017e+06 4.91059
3.70355e+07 5.42091
EOD
$d2 << EOD
114358 2.08401035
8.72011e+07 2.08401035
EOD
$d3 << EOD
175476 2.12614
1.67819e+06 2.81998
558123 3.99923
6.55017e+06 4.91059
3.70355e+07 5.42091
EOD
$d4 << EOD
1.71077e+06 2.07978
1.2756e+06 2.08413
1.17931e+06 2.08424
EOD
$d5 << EOD
259068 5.10314
4.30516e+06 6.97471
2.05899e+07 8.09987
EOD
set arrow 4 from screen 0.444655,0.549509 to screen 0.452433,0.563953 nohead lw 0.7 lc rgb '#999999'
set label 5 'known' at screen 0.453544,0.563953 left textcolor rgb '#333333' front
set arrow 6 from screen 0.404849,0.550009 to screen 0.412627,0.564453 nohead lw 0.7 lc rgb '#999999'
set label 7 'bayes' at screen 0.413738,0.564453 left textcolor rgb '#333333' front
set arrow 8 from screen 0.394206,0.550021 to screen 0.386428,0.564466 nohead lw 0.7 lc rgb '#999999'
set label 9 'twopart' at screen 0.385317,0.564466 right textcolor rgb '#333333' front
set label 10 'mix' at screen 0.126953,0.562010 right textcolor rgb '#333333' front
set label 11 'ngram' at screen 0.450936,0.615196 left textcolor rgb '#333333' front
set label 12 'xz -6' at screen 0.301643,0.706081 left textcolor rgb '#333333' front
set label 13 'brotli -5' at screen 0.617830,0.762464 right textcolor rgb '#333333' front
set label 14 'xz -6' at screen 0.197563,0.764452 left textcolor rgb '#333333' front
set label 15 'zstd -3' at screen 0.870538,0.778918 left textcolor rgb '#333333' front
set label 16 'brotli -5' at screen 0.578695,0.839270 left textcolor rgb '#333333' front
set label 17 'zstd -3' at screen 0.790924,0.875084 left textcolor rgb '#333333' front
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
set xrange [125814.0987:171128925.4]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('200k' 200000, '500k' 500000, '1M' 1000000, '2M' 2000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '50M' 50000000, '100M' 100000000)
set yrange [1.962059801:9.071858656]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('2' 2, '3' 3, '5' 5)
set label 18 'decompressed tokens a second of processor time (faster to the right)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 19 'bits a token, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d6 << EOD
200400 2.12614
1.64756e+06 2.81998
2.58095e+07 3.99923
4.89258e+07 4.91059
6.7451e+07 5.42091
EOD
$d7 << EOD
125814 2.08401035
1.71129e+08 2.08401035
EOD
$d8 << EOD
200400 2.12614
1.64756e+06 2.81998
2.58095e+07 3.99923
4.89258e+07 4.91059
6.7451e+07 5.42091
EOD
$d9 << EOD
1.71253e+06 2.07978
1.18684e+06 2.08413
1.41214e+06 2.08424
EOD
$d10 << EOD
1.46168e+07 5.10314
2.91076e+07 6.97471
4.05711e+07 8.09987
EOD
set arrow 20 from screen 0.403448,0.078398 to screen 0.411226,0.092842 nohead lw 0.7 lc rgb '#999999'
set label 21 'known' at screen 0.412337,0.092842 left textcolor rgb '#333333' front
set arrow 22 from screen 0.357711,0.078898 to screen 0.365489,0.093342 nohead lw 0.7 lc rgb '#999999'
set label 23 'bayes' at screen 0.366600,0.093342 left textcolor rgb '#333333' front
set arrow 24 from screen 0.379391,0.078910 to screen 0.387169,0.107799 nohead lw 0.7 lc rgb '#999999'
set label 25 'twopart' at screen 0.388280,0.107799 left textcolor rgb '#333333' front
set label 26 'mix' at screen 0.126953,0.090899 right textcolor rgb '#333333' front
set label 27 'ngram' at screen 0.389735,0.158529 right textcolor rgb '#333333' front
set label 28 'xz -6' at screen 0.750711,0.227748 left textcolor rgb '#333333' front
set label 29 'brotli -5' at screen 0.830486,0.276908 left textcolor rgb '#333333' front
set label 30 'xz -6' at screen 0.679791,0.293341 left textcolor rgb '#333333' front
set label 31 'zstd -3' at screen 0.870538,0.307807 left textcolor rgb '#333333' front
set label 32 'brotli -5' at screen 0.765711,0.368159 left textcolor rgb '#333333' front
set label 33 'zstd -3' at screen 0.807130,0.403973 left textcolor rgb '#333333' front
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
set label 34 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 35 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d11 << EOD
89 0 89 109 -5 5
99 0 89 109 -5 5
109 0 89 109 -5 5
EOD
set label 36 'Pareto front' at screen 0.127778,0.951111 left textcolor rgb '#000000' front
$d12 << EOD
212.6 0 212.6 232.6 -5 5
222.6 0 212.6 232.6 -5 5
232.6 0 212.6 232.6 -5 5
EOD
set label 37 'Bayes bound' at screen 0.265111,0.951111 left textcolor rgb '#000000' front
$d13 << EOD
339.9 0 329.9 349.9 -5 5
EOD
set label 38 'given the tokens' at screen 0.395444,0.951111 left textcolor rgb '#000000' front
$d14 << EOD
488.7 0 478.7 498.7 -5 5
EOD
set label 39 'its reader knows the source' at screen 0.560778,0.951111 left textcolor rgb '#000000' front
$d15 << EOD
706.8 0 696.8 716.8 -5 5
EOD
set label 40 'given the text' at screen 0.803111,0.951111 left textcolor rgb '#000000' front
plot $d11 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d12 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d13 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d14 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d15 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
