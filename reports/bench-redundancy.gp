set encoding utf8
set terminal svg size 900,800 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Redundancy against corpus length, and theory' at screen 0.500000,0.975000 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.866667
set tmargin at screen 0.887500
set bmargin at screen 0.550000
set xrange [83.33333333:120000]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100' 100, '200' 200, '500' 500, '1k' 1000, '2k' 2000, '5k' 5000, '10k' 10000, '20k' 20000, '50k' 50000, '100k' 100000)
set yrange [0.05896902091:36.14319791]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('0.1' 0.1, '1' 1, '10' 10)
set label 2 'sentences' at screen 0.472222,0.505000 center textcolor rgb '#000000' front
set label 3 'redundancy of knowledge, bits a sentence' at screen 0.033333,0.902500 left textcolor rgb '#000000' front
$d1 << EOD
100 10.498248
316 4.6917608
1000 2.0946758
3162 0.93571483
10000 0.41794277
31623 0.18668725
100000 0.083390546
EOD
$d2 << EOD
100 7.8928492
316 3.8129299
1000 1.7908204
3162 0.82661406
10000 0.37693811
31623 0.17047813
100000 0.076659727
EOD
$d3 << EOD
100 8.1107812
316 4.0122129
1000 1.8835829
3162 0.86864577
10000 0.39248234
31623 0.17606027
100000 0.080082599
EOD
$d4 << EOD
100 16.022984
316 9.0136328
1000 5.0669125
3162 2.8494594
10000 1.6022984
31623 0.90103543
100000 0.50669125
EOD
$d5 << EOD
100 13.722842
316 7.9549479
1000 4.5248781
3162 2.5478585
10000 1.4257723
31623 0.79503079
100000 0.44237494
EOD
$d6 << EOD
100 14.529646
316 8.8565619
1000 4.9229692
3162 2.8693404
10000 1.599097
31623 0.88614719
100000 0.49741232
EOD
$d7 << EOD
100 28.039422
316 19.854682
1000 14.053001
3162 9.9490246
10000 7.0431845
31623 4.9861822
100000 3.5299541
EOD
$d8 << EOD
100 24.095465
316 17.062941
1000 11.958367
3162 8.3404808
10000 5.8014017
31623 4.0294311
100000 2.7961226
EOD
$d9 << EOD
100 23.462063
316 16.713658
1000 11.974883
3162 8.3722986
10000 5.7890449
31623 4.0355508
100000 2.8056505
EOD
set arrow 4 from screen 0.866667,0.753102 to screen 0.882222,0.753102 nohead lw 0.7 lc rgb '#999999'
set label 5 'alpha 0.7' at screen 0.886667,0.753102 left textcolor rgb '#009E73' front
set arrow 6 from screen 0.866667,0.662132 to screen 0.882222,0.662132 nohead lw 0.7 lc rgb '#999999'
set label 7 'alpha 0.5' at screen 0.886667,0.662132 left textcolor rgb '#D55E00' front
set arrow 8 from screen 0.866667,0.566093 to screen 0.882222,0.566093 nohead lw 0.7 lc rgb '#999999'
set label 9 'alpha 0.3' at screen 0.886667,0.566093 left textcolor rgb '#0072B2' front
plot $d1 using 1:2 with lines lw 1.2 dt 2 lc rgb '#0072B2' notitle, \
  $d2 using 1:2 with lines lw 1.6 lc rgb '#0072B2' notitle, \
  $d3 using 1:2 with points pt 7 ps 0.6 lc rgb '#0072B2' notitle, \
  $d4 using 1:2 with lines lw 1.2 dt 2 lc rgb '#D55E00' notitle, \
  $d5 using 1:2 with lines lw 1.6 lc rgb '#D55E00' notitle, \
  $d6 using 1:2 with points pt 7 ps 0.6 lc rgb '#D55E00' notitle, \
  $d7 using 1:2 with lines lw 1.2 dt 2 lc rgb '#009E73' notitle, \
  $d8 using 1:2 with lines lw 1.6 lc rgb '#009E73' notitle, \
  $d9 using 1:2 with points pt 7 ps 0.6 lc rgb '#009E73' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.866667
set tmargin at screen 0.412500
set bmargin at screen 0.075000
set xrange [83.33333333:120000]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100' 100, '200' 200, '500' 500, '1k' 1000, '2k' 2000, '5k' 5000, '10k' 10000, '20k' 20000, '50k' 50000, '100k' 100000)
set yrange [0.02501665817:4.45380682]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('0.1' 0.1, '1' 1)
set label 10 'sentences' at screen 0.472222,0.030000 center textcolor rgb '#000000' front
set label 11 'redundancy of syntax, bits a sentence' at screen 0.033333,0.427500 left textcolor rgb '#000000' front
$d10 << EOD
100 32.687772
316 12.928671
1000 4.9031659
3162 1.8090759
10000 0.65375545
31623 0.23257609
100000 0.081719431
EOD
$d11 << EOD
100 2.2990195
316 1.4444145
1000 0.79632092
3162 0.39888923
10000 0.18435489
31623 0.07962044
100000 0.032521656
EOD
$d12 << EOD
100 2.298631
316 1.4430508
1000 0.79581668
3162 0.39862623
10000 0.18428594
31623 0.079656175
100000 0.032538122
EOD
$d13 << EOD
100 32.687772
316 12.928671
1000 4.9031659
3162 1.8090759
10000 0.65375545
31623 0.23257609
100000 0.081719431
EOD
$d14 << EOD
100 2.7775834
316 1.7911902
1000 0.99668038
3162 0.49838093
10000 0.22634694
31623 0.094945553
100000 0.037799256
EOD
$d15 << EOD
100 2.7710105
316 1.7870338
1000 0.99601144
3162 0.49825151
10000 0.22638075
31623 0.094915189
100000 0.037790654
EOD
$d16 << EOD
100 32.687772
316 12.928671
1000 4.9031659
3162 1.8090759
10000 0.65375545
31623 0.23257609
100000 0.081719431
EOD
$d17 << EOD
100 2.9692045
316 1.958687
1000 1.1150486
3162 0.54969024
10000 0.24521135
31623 0.10169599
100000 0.040041765
EOD
$d18 << EOD
100 2.9683461
316 1.9580461
1000 1.115233
3162 0.54952908
10000 0.24515711
31623 0.1016908
100000 0.040045195
EOD
set arrow 12 from screen 0.866667,0.105641 to screen 0.882222,0.116126 nohead lw 0.7 lc rgb '#999999'
set label 13 'alpha 0.7' at screen 0.886667,0.116126 left textcolor rgb '#009E73' front
set arrow 14 from screen 0.866667,0.101867 to screen 0.882222,0.099876 nohead lw 0.7 lc rgb '#999999'
set label 15 'alpha 0.5' at screen 0.886667,0.099876 left textcolor rgb '#D55E00' front
set arrow 16 from screen 0.866667,0.092121 to screen 0.882222,0.083626 nohead lw 0.7 lc rgb '#999999'
set label 17 'alpha 0.3' at screen 0.886667,0.083626 left textcolor rgb '#0072B2' front
plot $d10 using 1:2 with lines lw 1.2 dt 2 lc rgb '#0072B2' notitle, \
  $d11 using 1:2 with lines lw 1.6 lc rgb '#0072B2' notitle, \
  $d12 using 1:2 with points pt 7 ps 0.6 lc rgb '#0072B2' notitle, \
  $d13 using 1:2 with lines lw 1.2 dt 2 lc rgb '#D55E00' notitle, \
  $d14 using 1:2 with lines lw 1.6 lc rgb '#D55E00' notitle, \
  $d15 using 1:2 with points pt 7 ps 0.6 lc rgb '#D55E00' notitle, \
  $d16 using 1:2 with lines lw 1.2 dt 2 lc rgb '#009E73' notitle, \
  $d17 using 1:2 with lines lw 1.6 lc rgb '#009E73' notitle, \
  $d18 using 1:2 with points pt 7 ps 0.6 lc rgb '#009E73' notitle
unset label
unset arrow
set lmargin at screen 0.000000
set rmargin at screen 1.000000
set tmargin at screen 0.957500
set bmargin at screen 0.932500
set xrange [0:900]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-10:10]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset xtics
unset ytics
set label 18 '' at screen 0.500000,0.887500 center textcolor rgb '#000000' front
set label 19 '' at screen 0.000000,0.972500 left textcolor rgb '#000000' front
unset border
unset grid
$d19 << EOD
196.85 0 196.85 216.85 -5 5
206.85 0 196.85 216.85 -5 5
216.85 0 196.85 216.85 -5 5
EOD
set label 20 'asymptotic law' at screen 0.247611,0.945000 left textcolor rgb '#000000' front
$d20 << EOD
333.05 0 333.05 353.05 -5 5
343.05 0 333.05 353.05 -5 5
353.05 0 333.05 353.05 -5 5
EOD
set label 21 'expected exactly' at screen 0.398944,0.945000 left textcolor rgb '#000000' front
$d21 << EOD
491.85 0 481.85 501.85 -5 5
EOD
set label 22 'measured, mean of drawn corpora' at screen 0.564278,0.945000 left textcolor rgb '#000000' front
plot $d19 using 1:2 with lines lw 1.2 dt 2 lc rgb '#0072B2' notitle, \
  $d20 using 1:2 with lines lw 1.6 lc rgb '#0072B2' notitle, \
  $d21 using 1:2 with points pt 7 ps 0.6 lc rgb '#0072B2' notitle
unset label
unset arrow
unset multiplot
set output
