set encoding utf8
set terminal svg size 900,1228 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'What fine-tuning forgets, and what it teaches' at screen 0.500000,0.983713 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.928339
set bmargin at screen 0.692182
set xrange [0.88:4.12]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-0.2538543982:6.967373579]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
set label 2 'frequency class' at screen 0.394444,0.662866 center textcolor rgb '#000000' front
set label 3 'small: bits of an old fact' at screen 0.033333,0.938111 left textcolor rgb '#000000' front
$d1 << EOD
1 0.17979899 -0.036921951 0.39651993
2 0.41813585 0.34600131 0.4902704
3 0.97161434 0.79022204 1.1530066
4 4.0133196 3.3190598 4.7075793
EOD
$d2 << EOD
1 0.17979899
2 0.41813585
3 0.97161434
4 4.0133196
EOD
$d3 << EOD
1 0.01359849
2 0.048033332
3 0.275014
4 3.5153056
EOD
$d4 << EOD
1 5.8598576 3.7577336 6.9673736
2 6.6999207 5.57866 6.9673736
3 5.9835856 5.5901305 6.3770407
4 6.4711717 6.4262421 6.5161013
EOD
$d5 << EOD
1 5.8598576
2 6.6999207
3 5.9835856
4 6.4711717
EOD
$d6 << EOD
1 0.3484002 0.067199921 0.62960048
2 0.77243198 0.59495341 0.94991055
3 1.7160351 1.5872201 1.8448502
4 4.8928466 4.2953617 5.4903315
EOD
$d7 << EOD
1 0.3484002
2 0.77243198
3 1.7160351
4 4.8928466
EOD
$d8 << EOD
1 0.032384
2 0.15381797
3 0.73954714
4 4.489596
EOD
$d9 << EOD
1 1.0735792 0.38132463 1.7658338
2 2.1920406 1.615253 2.7688281
3 3.7671913 3.2976632 4.2367193
4 5.8551902 5.761687 5.9486933
EOD
$d10 << EOD
1 1.0735792
2 2.1920406
3 3.7671913
4 5.8551902
EOD
$d11 << EOD
1 0.23856712
2 0.76433608
3 3.2864119
4 5.0090633
EOD
set arrow 4 from screen 0.711111,0.912111 to screen 0.726667,0.912111 nohead lw 0.7 lc rgb '#999999'
set label 5 'no replay' at screen 0.731111,0.912111 left textcolor rgb '#009E73' front
set arrow 6 from screen 0.711111,0.891967 to screen 0.726667,0.891967 nohead lw 0.7 lc rgb '#999999'
set label 7 'replay 0.1' at screen 0.731111,0.891967 left textcolor rgb '#56B4E9' front
set arrow 8 from screen 0.711111,0.864296 to screen 0.726667,0.867953 nohead lw 0.7 lc rgb '#999999'
set label 9 'optimum: replay 0.1' at screen 0.731111,0.867953 left textcolor rgb '#7A5C00' front
set arrow 10 from screen 0.711111,0.860495 to screen 0.726667,0.857366 nohead lw 0.7 lc rgb '#999999'
set label 11 'replay 0.5' at screen 0.731111,0.857366 left textcolor rgb '#CC79A7' front
set arrow 12 from screen 0.711111,0.847308 to screen 0.726667,0.846780 nohead lw 0.7 lc rgb '#999999'
set label 13 'optimum: replay 0.5' at screen 0.731111,0.846780 left textcolor rgb '#E69F00' front
set arrow 14 from screen 0.711111,0.831732 to screen 0.726667,0.831732 nohead lw 0.7 lc rgb '#999999'
set label 15 'before' at screen 0.731111,0.831732 left textcolor rgb '#0072B2' front
set arrow 16 from screen 0.711111,0.815446 to screen 0.726667,0.815446 nohead lw 0.7 lc rgb '#999999'
set label 17 'optimum: before' at screen 0.731111,0.815446 left textcolor rgb '#D55E00' front
plot $d1 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#0072B2' notitle, \
  $d2 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d3 using 1:2 with lines lw 1.6 dt 2 lc rgb '#D55E00' notitle, \
  $d4 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#009E73' notitle, \
  $d5 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#009E73' notitle, \
  $d6 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#CC79A7' notitle, \
  $d7 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#CC79A7' notitle, \
  $d8 using 1:2 with lines lw 1.6 dt 2 lc rgb '#E69F00' notitle, \
  $d9 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#56B4E9' notitle, \
  $d10 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#56B4E9' notitle, \
  $d11 using 1:2 with lines lw 1.6 dt 2 lc rgb '#7A5C00' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.618893
set bmargin at screen 0.382736
set xrange [0.88:4.12]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-0.1838145216:5.023886976]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
set label 18 'frequency class' at screen 0.394444,0.353420 center textcolor rgb '#000000' front
set label 19 'large: bits of an old fact' at screen 0.033333,0.628664 left textcolor rgb '#000000' front
$d12 << EOD
1 0.030381156 -0.022816642 0.083578954
2 0.10778464 -0.0019090691 0.21747835
3 0.20250788 -0.16798577 0.57300153
4 1.017402 0.45480936 1.5799946
EOD
$d13 << EOD
1 0.030381156
2 0.10778464
3 0.20250788
4 1.017402
EOD
$d14 << EOD
1 0.0090633116
2 0.011844178
3 0.029729746
4 0.97895373
EOD
$d15 << EOD
1 3.7484736 1.5390757 5.023887
2 4.5436546 2.8743653 5.023887
3 4.2480711 3.7653053 4.7308368
4 4.8310091 4.2016252 5.023887
EOD
$d16 << EOD
1 3.7484736
2 4.5436546
3 4.2480711
4 4.8310091
EOD
$d17 << EOD
1 0.054499629 -0.024732668 0.13373193
2 0.13022246 0.078192561 0.18225237
3 0.32687113 -0.057469027 0.71121129
4 1.7048887 1.5034965 1.9062809
EOD
$d18 << EOD
1 0.054499629
2 0.13022246
3 0.32687113
4 1.7048887
EOD
$d19 << EOD
1 0.0090633116
2 0.016390284
3 0.059649342
4 2.1149746
EOD
set arrow 20 from screen 0.711111,0.610146 to screen 0.726667,0.610146 nohead lw 0.7 lc rgb '#999999'
set label 21 'no replay' at screen 0.731111,0.610146 left textcolor rgb '#009E73' front
set arrow 22 from screen 0.711111,0.486981 to screen 0.726667,0.486981 nohead lw 0.7 lc rgb '#999999'
set label 23 'optimum: replay 0.5' at screen 0.731111,0.486981 left textcolor rgb '#E69F00' front
set arrow 24 from screen 0.711111,0.468384 to screen 0.726667,0.468384 nohead lw 0.7 lc rgb '#999999'
set label 25 'replay 0.5' at screen 0.731111,0.468384 left textcolor rgb '#CC79A7' front
set arrow 26 from screen 0.711111,0.437208 to screen 0.726667,0.441630 nohead lw 0.7 lc rgb '#999999'
set label 27 'before' at screen 0.731111,0.441630 left textcolor rgb '#0072B2' front
set arrow 28 from screen 0.711111,0.435465 to screen 0.726667,0.431043 nohead lw 0.7 lc rgb '#999999'
set label 29 'optimum: before' at screen 0.731111,0.431043 left textcolor rgb '#D55E00' front
plot $d12 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#0072B2' notitle, \
  $d13 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d14 using 1:2 with lines lw 1.6 dt 2 lc rgb '#D55E00' notitle, \
  $d15 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#009E73' notitle, \
  $d16 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#009E73' notitle, \
  $d17 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#CC79A7' notitle, \
  $d18 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#CC79A7' notitle, \
  $d19 using 1:2 with lines lw 1.6 dt 2 lc rgb '#E69F00' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.309446
set bmargin at screen 0.073290
set xrange [0.88:4.12]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-0.2509858557:6.780390433]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
set label 30 'frequency class' at screen 0.394444,0.043974 center textcolor rgb '#000000' front
set label 31 'large: bits of a new fact' at screen 0.033333,0.319218 left textcolor rgb '#000000' front
$d20 << EOD
1 0.052390605 0.011574934 0.093206276
2 0.21869092 -0.035539656 0.47292149
3 0.62921319 0.13557759 1.1228488
4 2.9982101 2.0254007 3.9710196
EOD
$d21 << EOD
1 0.052390605
2 0.21869092
3 0.62921319
4 2.9982101
EOD
$d22 << EOD
1 0.0094354883
2 0.013836926
3 0.02642259
4 1.1361399
EOD
$d23 << EOD
1 0.015658634 -0.01026718 0.041584449
2 0.088726046 -0.033497866 0.21094996
3 0.37189126 -0.14885234 0.89263485
4 2.5657456 1.9396256 3.1918655
EOD
$d24 << EOD
1 0.015658634
2 0.088726046
3 0.37189126
4 2.5657456
EOD
$d25 << EOD
1 5.5439746 2.7318579 6.7803904
2 5.8479732 4.250051 6.7803904
3 5.6927736 1.8663215 6.7803904
4 6.5199691 4.5715453 6.7803904
EOD
$d26 << EOD
1 5.5439746
2 5.8479732
3 5.6927736
4 6.5199691
EOD
$d27 << EOD
1 4.9808881 0.79492028 6.7803904
2 4.2939298 2.3692313 6.2186282
3 5.0200568 2.2561257 6.7803904
4 6.3331721 4.0840448 6.7803904
EOD
$d28 << EOD
1 4.9808881
2 4.2939298
3 5.0200568
4 6.3331721
EOD
set arrow 32 from screen 0.711111,0.300700 to screen 0.726667,0.302856 nohead lw 0.7 lc rgb '#999999'
set label 33 'questions, asked in sentences' at screen 0.731111,0.302856 left textcolor rgb '#CC79A7' front
set arrow 34 from screen 0.711111,0.294426 to screen 0.726667,0.292270 nohead lw 0.7 lc rgb '#999999'
set label 35 'sentences, asked in questions' at screen 0.731111,0.292270 left textcolor rgb '#E69F00' front
set arrow 36 from screen 0.711111,0.182418 to screen 0.726667,0.182418 nohead lw 0.7 lc rgb '#999999'
set label 37 'sentences' at screen 0.731111,0.182418 left textcolor rgb '#0072B2' front
set arrow 38 from screen 0.711111,0.167893 to screen 0.726667,0.167893 nohead lw 0.7 lc rgb '#999999'
set label 39 'questions' at screen 0.731111,0.167893 left textcolor rgb '#009E73' front
set arrow 40 from screen 0.711111,0.119878 to screen 0.726667,0.119878 nohead lw 0.7 lc rgb '#999999'
set label 41 'optimum: sentences' at screen 0.731111,0.119878 left textcolor rgb '#D55E00' front
plot $d20 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#0072B2' notitle, \
  $d21 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d22 using 1:2 with lines lw 1.6 dt 2 lc rgb '#D55E00' notitle, \
  $d23 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#009E73' notitle, \
  $d24 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#009E73' notitle, \
  $d25 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#CC79A7' notitle, \
  $d26 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#CC79A7' notitle, \
  $d27 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#E69F00' notitle, \
  $d28 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#E69F00' notitle
unset label
unset arrow
set lmargin at screen 0.000000
set rmargin at screen 1.000000
set tmargin at screen 0.972313
set bmargin at screen 0.956026
set xrange [0:900]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-10:10]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset xtics
unset ytics
set label 42 '' at screen 0.500000,0.926710 center textcolor rgb '#000000' front
set label 43 '' at screen 0.000000,0.982085 left textcolor rgb '#000000' front
unset border
unset grid
$d29 << EOD
368.9 0 368.9 388.9 -5 5
378.9 0 368.9 388.9 -5 5
388.9 0 368.9 388.9 -5 5
EOD
set label 44 'measured' at screen 0.438778,0.964169 left textcolor rgb '#000000' front
$d30 << EOD
467.3 0 467.3 487.3 -5 5
477.3 0 467.3 487.3 -5 5
487.3 0 467.3 487.3 -5 5
EOD
set label 45 'theory' at screen 0.548111,0.964169 left textcolor rgb '#000000' front
plot $d29 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d30 using 1:2 with lines lw 1.6 dt 2 lc rgb '#D55E00' notitle
unset label
unset arrow
unset multiplot
set output
