set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against speed: sk alpha 0.5, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [35149.57278:93139281.28]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('50k' 50000, '100k' 100000, '200k' 200000, '500k' 500000, '1M' 1000000, '2M' 2000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '50M' 50000000)
set yrange [2.028189899:13.45503984]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 2 'compressed tokens a second of processor time (faster to the right)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a token, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
131235 2.29277
1.43042e+06 3.20849
7.46199e+06 5.31414
3.36843e+07 5.85683
EOD
$d2 << EOD
35149.6 2.16792283
9.31393e+07 2.16792283
EOD
$d3 << EOD
131235 2.29277
1.43042e+06 3.20849
288955 3.32214
126213 3.39383
58448.4 3.43662
696194 4.3758
621471 4.37949
256927 4.44669
617703 4.69309
644335 4.69309
7.46199e+06 5.31414
3.36843e+07 5.85683
4.6939e+06 7.17935
1.93369e+07 12.0134
EOD
$d4 << EOD
1.6787e+06 2.14988
1.28177e+06 2.16805
997265 2.16854
EOD
$d5 << EOD
203403 5.51176
76768 5.5399
202750 5.59607
180947 5.59648
247790 5.64429
4.15109e+06 7.53978
2.28751e+07 8.74621
EOD
set arrow 4 from screen 0.519219,0.546847 to screen 0.526997,0.561291 nohead lw 0.7 lc rgb '#999999'
set label 5 'known' at screen 0.528108,0.561291 left textcolor rgb '#333333' front
set arrow 6 from screen 0.488415,0.548477 to screen 0.480638,0.562922 nohead lw 0.7 lc rgb '#999999'
set label 7 'bayes' at screen 0.479526,0.562922 right textcolor rgb '#333333' front
set arrow 8 from screen 0.459759,0.548521 to screen 0.467536,0.577410 nohead lw 0.7 lc rgb '#999999'
set label 9 'twopart' at screen 0.468647,0.577410 left textcolor rgb '#333333' front
set label 10 'mix' at screen 0.219308,0.559316 right textcolor rgb '#333333' front
set label 11 'ngram' at screen 0.509833,0.617211 left textcolor rgb '#333333' front
set label 12 'ensemble' at screen 0.327206,0.631178 left textcolor rgb '#333333' front
set label 13 'ctw' at screen 0.232631,0.635315 left textcolor rgb '#333333' front
set arrow 14 from screen 0.135842,0.637743 to screen 0.143620,0.652187 nohead lw 0.7 lc rgb '#999999'
set label 15 'transformer (two-part) fit 10 s' at screen 0.144731,0.652187 left textcolor rgb '#333333' front
set label 16 'xz -6' at screen 0.427612,0.684559 left textcolor rgb '#333333' front
set label 17 'xz -9e' at screen 0.396870,0.684723 right textcolor rgb '#333333' front
set label 18 'brotli -11 large' at screen 0.296015,0.687674 right textcolor rgb '#333333' front
set label 19 'zstd -19' at screen 0.396176,0.698124 right textcolor rgb '#333333' front
set label 20 'zstd -22 long' at screen 0.418774,0.698124 left textcolor rgb '#333333' front
set label 21 'brotli -5' at screen 0.680665,0.729429 right textcolor rgb '#333333' front
set arrow 22 from screen 0.278231,0.729282 to screen 0.286009,0.714838 nohead lw 0.7 lc rgb '#999999'
set label 23 'xz -9e' at screen 0.287120,0.714838 left textcolor rgb '#333333' front
set arrow 24 from screen 0.166973,0.730269 to screen 0.174751,0.744713 nohead lw 0.7 lc rgb '#999999'
set label 25 'brotli -11 large' at screen 0.175862,0.744713 left textcolor rgb '#333333' front
set arrow 26 from screen 0.277864,0.732224 to screen 0.270086,0.717779 nohead lw 0.7 lc rgb '#999999'
set label 27 'zstd -19' at screen 0.268975,0.717779 right textcolor rgb '#333333' front
set arrow 28 from screen 0.264873,0.732238 to screen 0.257095,0.703349 nohead lw 0.7 lc rgb '#999999'
set label 29 'zstd -22 long' at screen 0.255984,0.703349 right textcolor rgb '#333333' front
set label 30 'xz -6' at screen 0.309658,0.733886 left textcolor rgb '#333333' front
set label 31 'zstd -3' at screen 0.870538,0.741049 left textcolor rgb '#333333' front
set label 32 'order0' at screen 0.645514,0.780502 left textcolor rgb '#333333' front
set label 33 'brotli -5' at screen 0.613704,0.789994 right textcolor rgb '#333333' front
set label 34 'zstd -3' at screen 0.826352,0.818756 left textcolor rgb '#333333' front
set label 35 'uniform' at screen 0.807165,0.880262 left textcolor rgb '#333333' front
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
set xrange [71196.38286:242530916.6]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100k' 100000, '200k' 200000, '500k' 500000, '1M' 1000000, '2M' 2000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '50M' 50000000, '100M' 100000000, '200M' 200000000)
set yrange [2.028189899:13.45503984]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 36 'decompressed tokens a second of processor time (faster to the right)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 37 'bits a token, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d6 << EOD
138035 2.29277
1.27268e+06 3.20849
2.48032e+07 4.3758
6.21642e+07 4.44669
8.49152e+07 4.69309
EOD
$d7 << EOD
71196.4 2.16792283
2.42531e+08 2.16792283
EOD
$d8 << EOD
138035 2.29277
1.27268e+06 3.20849
285961 3.32214
120323 3.39383
128802 3.43662
2.48032e+07 4.3758
2.03442e+07 4.37949
6.21642e+07 4.44669
7.38894e+07 4.69309
8.49152e+07 4.69309
5.62603e+07 5.31414
6.92979e+07 5.85683
3.21803e+06 7.17935
1.98414e+07 12.0134
EOD
$d9 << EOD
1.63467e+06 2.14988
1.12608e+06 2.16805
1.19492e+06 2.16854
EOD
$d10 << EOD
1.77324e+07 5.51176
3.55395e+07 5.5399
4.59611e+07 5.59607
4.98869e+07 5.59648
1.55072e+07 5.64429
2.96414e+07 7.53978
5.33434e+07 8.74621
EOD
set arrow 38 from screen 0.424541,0.075736 to screen 0.432319,0.090180 nohead lw 0.7 lc rgb '#999999'
set label 39 'known' at screen 0.433430,0.090180 left textcolor rgb '#333333' front
set arrow 40 from screen 0.383300,0.077366 to screen 0.391078,0.091811 nohead lw 0.7 lc rgb '#999999'
set label 41 'bayes' at screen 0.392189,0.091811 left textcolor rgb '#333333' front
set arrow 42 from screen 0.389866,0.077410 to screen 0.382088,0.091854 nohead lw 0.7 lc rgb '#999999'
set label 43 'twopart' at screen 0.380977,0.091854 right textcolor rgb '#333333' front
set label 44 'mix' at screen 0.142149,0.088205 right textcolor rgb '#333333' front
set label 45 'ngram' at screen 0.387953,0.160544 right textcolor rgb '#333333' front
set label 46 'ensemble' at screen 0.240522,0.160067 left textcolor rgb '#333333' front
set label 47 'ctw' at screen 0.126953,0.164204 right textcolor rgb '#333333' front
set label 48 'transformer (two-part) fit 10 s' at screen 0.152266,0.173854 left textcolor rgb '#333333' front
set arrow 49 from screen 0.725469,0.213448 to screen 0.733246,0.199004 nohead lw 0.7 lc rgb '#999999'
set label 50 'xz -6' at screen 0.734358,0.199004 left textcolor rgb '#333333' front
set label 51 'xz -9e' at screen 0.694651,0.220834 right textcolor rgb '#333333' front
set label 52 'brotli -11 large' at screen 0.836027,0.209340 left textcolor rgb '#333333' front
set label 53 'zstd -19' at screen 0.837370,0.234235 right textcolor rgb '#333333' front
set label 54 'zstd -22 long' at screen 0.870538,0.227013 left textcolor rgb '#333333' front
set label 55 'brotli -5' at screen 0.824985,0.251096 left textcolor rgb '#333333' front
set label 56 'xz -9e' at screen 0.697225,0.258171 left textcolor rgb '#333333' front
set arrow 57 from screen 0.765268,0.259158 to screen 0.757490,0.244713 nohead lw 0.7 lc rgb '#999999'
set label 58 'brotli -11 large' at screen 0.756379,0.244713 right textcolor rgb '#333333' front
set arrow 59 from screen 0.793723,0.261113 to screen 0.785945,0.275557 nohead lw 0.7 lc rgb '#999999'
set label 60 'zstd -19' at screen 0.784834,0.275557 right textcolor rgb '#333333' front
set arrow 61 from screen 0.802792,0.261127 to screen 0.810570,0.282794 nohead lw 0.7 lc rgb '#999999'
set label 62 'zstd -22 long' at screen 0.811681,0.282794 left textcolor rgb '#333333' front
set label 63 'xz -6' at screen 0.664609,0.262775 right textcolor rgb '#333333' front
set label 64 'zstd -3' at screen 0.848048,0.269938 left textcolor rgb '#333333' front
set label 65 'order0' at screen 0.508379,0.309391 left textcolor rgb '#333333' front
set label 66 'brotli -5' at screen 0.754076,0.318883 left textcolor rgb '#333333' front
set label 67 'zstd -3' at screen 0.819094,0.347645 left textcolor rgb '#333333' front
set label 68 'uniform' at screen 0.709659,0.409151 left textcolor rgb '#333333' front
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
set label 69 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 70 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d11 << EOD
89 0 89 109 -5 5
99 0 89 109 -5 5
109 0 89 109 -5 5
EOD
set label 71 'Pareto front' at screen 0.127778,0.951111 left textcolor rgb '#000000' front
$d12 << EOD
212.6 0 212.6 232.6 -5 5
222.6 0 212.6 232.6 -5 5
232.6 0 212.6 232.6 -5 5
EOD
set label 72 'Bayes bound' at screen 0.265111,0.951111 left textcolor rgb '#000000' front
$d13 << EOD
339.9 0 329.9 349.9 -5 5
EOD
set label 73 'given the tokens' at screen 0.395444,0.951111 left textcolor rgb '#000000' front
$d14 << EOD
488.7 0 478.7 498.7 -5 5
EOD
set label 74 'its reader knows the source' at screen 0.560778,0.951111 left textcolor rgb '#000000' front
$d15 << EOD
706.8 0 696.8 716.8 -5 5
EOD
set label 75 'given the text' at screen 0.803111,0.951111 left textcolor rgb '#000000' front
plot $d11 using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666' notitle, \
  $d12 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d13 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d14 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d15 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
