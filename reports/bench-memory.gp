set encoding utf8
set terminal svg size 900,900 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Size against memory: sk alpha 0.5, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.977778 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.977778
set tmargin at screen 0.902222
set bmargin at screen 0.535556
set xrange [6.795481458:219.731756]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100, '200' 200)
set yrange [2.028189899:13.45503984]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 2 'MiB that compressing takes (less to the left)' at screen 0.527778,0.495556 center textcolor rgb '#000000' front
set label 3 'bits a token, model included' at screen 0.033333,0.915556 left textcolor rgb '#000000' front
$d1 << EOD
6.79548 2.16792283
219.732 2.16792283
EOD
$d2 << EOD
114.684 2.29277
21.2969 3.20849
109.684 3.32214
119.953 3.39383
27.5859 3.43662
40.7871 4.3758
80.9883 4.37949
43.3047 4.44669
40.2461 4.69309
40.377 4.69309
15.9922 5.31414
8.50391 5.85683
8.58984 7.17935
9.86719 12.0134
EOD
$d3 << EOD
11.4355 2.14988
12.8965 2.16805
13.043 2.16854
EOD
$d4 << EOD
80.2148 5.51176
87.1016 5.5399
91.918 5.59607
140.312 5.59648
73.6641 5.64429
26.457 7.53978
12.3945 8.74621
EOD
set arrow 4 from screen 0.212531,0.546847 to screen 0.220309,0.561291 nohead lw 0.7 lc rgb '#999999'
set label 5 'known' at screen 0.221420,0.561291 left textcolor rgb '#333333' front
set arrow 6 from screen 0.243659,0.548477 to screen 0.251437,0.577366 nohead lw 0.7 lc rgb '#999999'
set label 7 'bayes' at screen 0.252548,0.577366 left textcolor rgb '#333333' front
set arrow 8 from screen 0.246583,0.548521 to screen 0.238805,0.577410 nohead lw 0.7 lc rgb '#999999'
set label 9 'twopart' at screen 0.237694,0.577410 right textcolor rgb '#333333' front
set label 10 'mix' at screen 0.818317,0.559316 left textcolor rgb '#333333' front
set label 11 'ngram' at screen 0.382417,0.624433 left textcolor rgb '#333333' front
set label 12 'ensemble' at screen 0.788998,0.631178 right textcolor rgb '#333333' front
set label 13 'ctw' at screen 0.829948,0.635315 left textcolor rgb '#333333' front
set label 14 'transformer (two-part) fit 10 s' at screen 0.449408,0.637743 left textcolor rgb '#333333' front
set label 15 'xz -6' at screen 0.532879,0.684559 right textcolor rgb '#333333' front
set label 16 'xz -9e' at screen 0.728251,0.684723 left textcolor rgb '#333333' front
set label 17 'brotli -11 large' at screen 0.566163,0.687674 left textcolor rgb '#333333' front
set label 18 'zstd -19' at screen 0.529421,0.698124 right textcolor rgb '#333333' front
set label 19 'zstd -22 long' at screen 0.548040,0.705346 left textcolor rgb '#333333' front
set label 20 'brotli -5' at screen 0.308250,0.722207 left textcolor rgb '#333333' front
set arrow 21 from screen 0.716877,0.729282 to screen 0.724655,0.714838 nohead lw 0.7 lc rgb '#999999'
set label 22 'xz -9e' at screen 0.725766,0.714838 left textcolor rgb '#333333' front
set arrow 23 from screen 0.738203,0.730269 to screen 0.745980,0.744713 nohead lw 0.7 lc rgb '#999999'
set label 24 'brotli -11 large' at screen 0.747091,0.744713 left textcolor rgb '#333333' front
set arrow 25 from screen 0.752137,0.732224 to screen 0.744360,0.746668 nohead lw 0.7 lc rgb '#999999'
set label 26 'zstd -19' at screen 0.743248,0.746668 right textcolor rgb '#333333' front
set label 27 'zstd -22 long' at screen 0.870538,0.732238 left textcolor rgb '#333333' front
set label 28 'xz -6' at screen 0.685931,0.733886 right textcolor rgb '#333333' front
set label 29 'zstd -3' at screen 0.144731,0.741049 left textcolor rgb '#333333' front
set label 30 'order0' at screen 0.147334,0.780502 left textcolor rgb '#333333' front
set label 31 'brotli -5' at screen 0.438590,0.789994 left textcolor rgb '#333333' front
set label 32 'zstd -3' at screen 0.242269,0.818756 left textcolor rgb '#333333' front
set label 33 'uniform' at screen 0.183228,0.880262 left textcolor rgb '#333333' front
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
set xrange [6.045679256:191.1621166]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('10' 10, '20' 20, '30' 30, '50' 50, '100' 100)
set yrange [2.028189899:13.45503984]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('3' 3, '5' 5, '10' 10)
set label 34 'MiB that decompressing takes (less to the left)' at screen 0.527778,0.024444 center textcolor rgb '#000000' front
set label 35 'bits a token, model included' at screen 0.033333,0.444444 left textcolor rgb '#000000' front
$d5 << EOD
6.04568 2.16792283
191.162 2.16792283
EOD
$d6 << EOD
114.141 2.29277
21.8359 3.20849
109.891 3.32214
122.422 3.39383
12.4062 3.43662
9.12305 4.3758
9.05664 4.37949
9.05469 4.44669
7.55469 4.69309
7.57031 4.69309
9.29297 5.31414
7.66406 5.85683
7.99805 7.17935
8.51953 12.0134
EOD
$d7 << EOD
11.3828 2.14988
12.7109 2.16805
13.5586 2.16854
EOD
$d8 << EOD
16.4531 5.51176
16.4531 5.5399
11.1797 5.59607
11.1602 5.59648
16.4453 5.64429
16.5742 7.53978
11.4727 8.74621
EOD
set arrow 36 from screen 0.242665,0.075736 to screen 0.250443,0.090180 nohead lw 0.7 lc rgb '#999999'
set label 37 'known' at screen 0.251554,0.090180 left textcolor rgb '#333333' front
set arrow 38 from screen 0.271423,0.077366 to screen 0.279201,0.106255 nohead lw 0.7 lc rgb '#999999'
set label 39 'bayes' at screen 0.280312,0.106255 left textcolor rgb '#333333' front
set arrow 40 from screen 0.288246,0.077410 to screen 0.296023,0.091854 nohead lw 0.7 lc rgb '#999999'
set label 41 'twopart' at screen 0.297134,0.091854 left textcolor rgb '#333333' front
set label 42 'mix' at screen 0.852286,0.088205 left textcolor rgb '#333333' front
set label 43 'ngram' at screen 0.421312,0.153322 left textcolor rgb '#333333' front
set label 44 'ensemble' at screen 0.824620,0.160067 right textcolor rgb '#333333' front
set label 45 'ctw' at screen 0.870538,0.164204 left textcolor rgb '#333333' front
set label 46 'transformer (two-part) fit 10 s' at screen 0.273989,0.166632 left textcolor rgb '#333333' front
set label 47 'xz -6' at screen 0.193887,0.213448 left textcolor rgb '#333333' front
set label 48 'xz -9e' at screen 0.174205,0.213612 right textcolor rgb '#333333' front
set arrow 49 from screen 0.183038,0.216563 to screen 0.190816,0.231007 nohead lw 0.7 lc rgb '#999999'
set label 50 'brotli -11 large' at screen 0.191927,0.231007 left textcolor rgb '#333333' front
set arrow 51 from screen 0.135842,0.227013 to screen 0.143620,0.198124 nohead lw 0.7 lc rgb '#999999'
set label 52 'zstd -19' at screen 0.144731,0.198124 left textcolor rgb '#333333' front
set arrow 53 from screen 0.136381,0.227013 to screen 0.144158,0.183680 nohead lw 0.7 lc rgb '#999999'
set label 54 'zstd -22 long' at screen 0.145270,0.183680 left textcolor rgb '#333333' front
set label 55 'brotli -5' at screen 0.180918,0.251096 right textcolor rgb '#333333' front
set label 56 'xz -9e' at screen 0.347556,0.258171 left textcolor rgb '#333333' front
set arrow 57 from screen 0.338667,0.259158 to screen 0.346445,0.244713 nohead lw 0.7 lc rgb '#999999'
set label 58 'brotli -11 large' at screen 0.347556,0.244713 left textcolor rgb '#333333' front
set label 59 'zstd -19' at screen 0.246862,0.261113 left textcolor rgb '#333333' front
set arrow 60 from screen 0.237517,0.261127 to screen 0.245295,0.275571 nohead lw 0.7 lc rgb '#999999'
set label 61 'zstd -22 long' at screen 0.246406,0.275571 left textcolor rgb '#333333' front
set arrow 62 from screen 0.338544,0.262775 to screen 0.330766,0.248331 nohead lw 0.7 lc rgb '#999999'
set label 63 'xz -6' at screen 0.329655,0.248331 right textcolor rgb '#333333' front
set label 64 'zstd -3' at screen 0.148477,0.269938 left textcolor rgb '#333333' front
set label 65 'order0' at screen 0.159592,0.309391 left textcolor rgb '#333333' front
set label 66 'brotli -5' at screen 0.349467,0.318883 left textcolor rgb '#333333' front
set label 67 'zstd -3' at screen 0.253603,0.347645 left textcolor rgb '#333333' front
set label 68 'uniform' at screen 0.176052,0.409151 left textcolor rgb '#333333' front
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
set label 69 '' at screen 0.500000,0.900000 center textcolor rgb '#000000' front
set label 70 '' at screen 0.000000,0.975556 left textcolor rgb '#000000' front
unset border
unset grid
$d9 << EOD
150.8 0 150.8 170.8 -5 5
160.8 0 150.8 170.8 -5 5
170.8 0 150.8 170.8 -5 5
EOD
set label 71 'Bayes bound' at screen 0.196444,0.951111 left textcolor rgb '#000000' front
$d10 << EOD
278.1 0 268.1 288.1 -5 5
EOD
set label 72 'given the tokens' at screen 0.326778,0.951111 left textcolor rgb '#000000' front
$d11 << EOD
426.9 0 416.9 436.9 -5 5
EOD
set label 73 'its reader knows the source' at screen 0.492111,0.951111 left textcolor rgb '#000000' front
$d12 << EOD
645 0 635 655 -5 5
EOD
set label 74 'given the text' at screen 0.734444,0.951111 left textcolor rgb '#000000' front
plot $d9 using 1:2 with lines lw 1.2 lc rgb '#000000' notitle, \
  $d10 using 1:2 with points pt 7 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d11 using 1:2 with points pt 6 ps 0.8 lw 1.4 lc rgb '#0072B2' notitle, \
  $d12 using 1:2 with points pt 5 ps 0.8 lw 1.4 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
