set encoding utf8
set terminal svg size 900,1228 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'What it costs not to know the source' at screen 0.500000,0.983713 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.928339
set bmargin at screen 0.692182
set xrange [75.8577575:131825.6739]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100' 100, '200' 200, '500' 500, '1k' 1000, '2k' 2000, '5k' 5000, '10k' 10000, '20k' 20000, '50k' 50000, '100k' 100000)
set yrange [0.849189861:5.876283761]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
set label 2 'sentences' at screen 0.394444,0.662866 center textcolor rgb '#000000' front
set label 3 'not knowing alpha and beta, bits' at screen 0.033333,0.938111 left textcolor rgb '#000000' front
$d1 << EOD
100 1.5473571 0.84918986 5.8762838
1000 1.0353785 0.84918986 5.8762838
10000 1.9908677 0.84918986 5.8762838
100000 2.8803098 0.84918986 5.8762838
EOD
$d2 << EOD
100 1.5473571
1000 1.0353785
10000 1.9908677
100000 2.8803098
EOD
$d3 << EOD
100 2.478221 1.1186258 3.8378162
1000 2.7448618 1.0573578 4.4323658
10000 4.1258467 2.6202171 5.6314764
100000 4.433758 1.7578832 5.8762838
EOD
$d4 << EOD
100 2.478221
1000 2.7448618
10000 4.1258467
100000 4.433758
EOD
$d5 << EOD
100 3.294299 2.934184 3.654414
1000 3.211574 0.84918986 5.8762838
10000 3.9974288 1.1159719 5.8762838
100000 5.6900951 5.5851209 5.7950693
EOD
$d6 << EOD
100 3.294299
1000 3.211574
10000 3.9974288
100000 5.6900951
EOD
set arrow 4 from screen 0.711111,0.919592 to screen 0.726667,0.919592 nohead lw 0.7 lc rgb '#999999'
set label 5 'mixture, alpha 0.7' at screen 0.731111,0.919592 left textcolor rgb '#009E73' front
set arrow 6 from screen 0.711111,0.860574 to screen 0.726667,0.860574 nohead lw 0.7 lc rgb '#999999'
set label 7 'mixture, alpha 0.5' at screen 0.731111,0.860574 left textcolor rgb '#D55E00' front
set arrow 8 from screen 0.711111,0.787598 to screen 0.726667,0.787598 nohead lw 0.7 lc rgb '#999999'
set label 9 'mixture, alpha 0.3' at screen 0.731111,0.787598 left textcolor rgb '#0072B2' front
plot $d1 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#0072B2' notitle, \
  $d2 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d3 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#D55E00' notitle, \
  $d4 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#D55E00' notitle, \
  $d5 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#009E73' notitle, \
  $d6 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#009E73' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.618893
set bmargin at screen 0.382736
set xrange [75.8577575:131825.6739]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100' 100, '200' 200, '500' 500, '1k' 1000, '2k' 2000, '5k' 5000, '10k' 10000, '20k' 20000, '50k' 50000, '100k' 100000)
set yrange [5.234615786:26.72409065]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
set label 10 'sentences' at screen 0.394444,0.353420 center textcolor rgb '#000000' front
set label 11 'not knowing the pseudo-counts, bits' at screen 0.033333,0.628664 left textcolor rgb '#000000' front
$d7 << EOD
100 8.0861533 5.2346158 11.114972
1000 10.431327 8.5879885 12.274665
10000 11.299041 10.52281 12.075273
100000 11.705665 11.356335 12.054995
EOD
$d8 << EOD
100 8.0861533
1000 10.431327
10000 11.299041
100000 11.705665
EOD
$d9 << EOD
100 6.0305223 5.2346158 8.8901373
1000 10.221826 5.2346158 26.724091
10000 18.101244 5.2346158 26.724091
100000 20.806179 5.2346158 26.724091
EOD
$d10 << EOD
100 6.0305223
1000 10.221826
10000 18.101244
100000 20.806179
EOD
$d11 << EOD
100 7.4630422 5.2346158 10.156991
1000 10.760251 9.5206785 11.999823
10000 11.715063 11.585875 11.84425
100000 11.941167 11.404375 12.47796
EOD
$d12 << EOD
100 7.4630422
1000 10.760251
10000 11.715063
100000 11.941167
EOD
$d13 << EOD
100 6.7476432 5.2346158 12.678029
1000 15.060673 11.40287 18.718477
10000 24.153735 5.2346158 26.724091
100000 16.975469 5.2346158 26.724091
EOD
$d14 << EOD
100 6.7476432
1000 15.060673
10000 24.153735
100000 16.975469
EOD
$d15 << EOD
100 7.554922 5.297363 9.8124809
1000 11.00697 10.394011 11.61993
10000 11.440642 9.8633351 13.017949
100000 11.829665 11.244301 12.415028
EOD
$d16 << EOD
100 7.554922
1000 11.00697
10000 11.440642
100000 11.829665
EOD
$d17 << EOD
100 6.5343066 5.2346158 20.245405
1000 20.751695 11.382986 26.724091
10000 25.928184 17.089594 26.724091
100000 12.471479 5.2346158 26.006534
EOD
$d18 << EOD
100 6.5343066
1000 20.751695
10000 25.928184
100000 12.471479
EOD
set arrow 12 from screen 0.711111,0.553858 to screen 0.726667,0.553858 nohead lw 0.7 lc rgb '#999999'
set label 13 'NML, alpha 0.3' at screen 0.731111,0.553858 left textcolor rgb '#D55E00' front
set arrow 14 from screen 0.711111,0.511761 to screen 0.726667,0.511761 nohead lw 0.7 lc rgb '#999999'
set label 15 'NML, alpha 0.5' at screen 0.731111,0.511761 left textcolor rgb '#CC79A7' front
set arrow 16 from screen 0.711111,0.462265 to screen 0.726667,0.472820 nohead lw 0.7 lc rgb '#999999'
set label 17 'NML, alpha 0.7' at screen 0.731111,0.472820 left textcolor rgb '#56B4E9' front
set arrow 18 from screen 0.711111,0.456437 to screen 0.726667,0.462234 nohead lw 0.7 lc rgb '#999999'
set label 19 'mixture, alpha 0.5' at screen 0.731111,0.462234 left textcolor rgb '#009E73' front
set arrow 20 from screen 0.711111,0.455212 to screen 0.726667,0.451648 nohead lw 0.7 lc rgb '#999999'
set label 21 'mixture, alpha 0.7' at screen 0.731111,0.451648 left textcolor rgb '#E69F00' front
set arrow 22 from screen 0.711111,0.453849 to screen 0.726667,0.441061 nohead lw 0.7 lc rgb '#999999'
set label 23 'mixture, alpha 0.3' at screen 0.731111,0.441061 left textcolor rgb '#0072B2' front
plot $d7 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#0072B2' notitle, \
  $d8 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d9 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#D55E00' notitle, \
  $d10 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#D55E00' notitle, \
  $d11 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#009E73' notitle, \
  $d12 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#009E73' notitle, \
  $d13 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#CC79A7' notitle, \
  $d14 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#CC79A7' notitle, \
  $d15 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#E69F00' notitle, \
  $d16 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#E69F00' notitle, \
  $d17 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#56B4E9' notitle, \
  $d18 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#56B4E9' notitle
unset label
unset arrow
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.309446
set bmargin at screen 0.073290
set xrange [75.8577575:131825.6739]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('100' 100, '200' 200, '500' 500, '1k' 1000, '2k' 2000, '5k' 5000, '10k' 10000, '20k' 20000, '50k' 50000, '100k' 100000)
set yrange [0.7140169544:55.84313688]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50)
set label 24 'sentences' at screen 0.394444,0.043974 center textcolor rgb '#000000' front
set label 25 'knowing nothing, bits a sentence' at screen 0.033333,0.319218 left textcolor rgb '#000000' front
$d19 << EOD
100 45.647634 37.669303 53.625964
1000 16.128641 5.1835076 27.073775
10000 3.7982863 0.71401695 8.234242
100000 0.83913012 0.71401695 1.7166086
EOD
$d20 << EOD
100 45.647634
1000 16.128641
10000 3.7982863
100000 0.83913012
EOD
$d21 << EOD
100 45.330827 39.404749 51.256905
1000 19.911331 3.1967436 36.625918
10000 6.4103577 0.71401695 12.599649
100000 1.690841 0.71401695 3.2431207
EOD
$d22 << EOD
100 45.330827
1000 19.911331
10000 6.4103577
100000 1.690841
EOD
$d23 << EOD
100 47.517 42.256893 52.777108
1000 30.081175 22.016023 38.146327
10000 11.53959 5.6886042 17.390577
100000 4.1840559 1.7261699 6.6419418
EOD
$d24 << EOD
100 47.517
1000 30.081175
10000 11.53959
100000 4.1840559
EOD
set arrow 26 from screen 0.711111,0.169073 to screen 0.726667,0.169073 nohead lw 0.7 lc rgb '#999999'
set label 27 'mix, alpha 0.7' at screen 0.731111,0.169073 left textcolor rgb '#009E73' front
set arrow 28 from screen 0.711111,0.119990 to screen 0.726667,0.119990 nohead lw 0.7 lc rgb '#999999'
set label 29 'mix, alpha 0.5' at screen 0.731111,0.119990 left textcolor rgb '#D55E00' front
set arrow 30 from screen 0.711111,0.082036 to screen 0.726667,0.082036 nohead lw 0.7 lc rgb '#999999'
set label 31 'mix, alpha 0.3' at screen 0.731111,0.082036 left textcolor rgb '#0072B2' front
plot $d19 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#0072B2' notitle, \
  $d20 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle, \
  $d21 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#D55E00' notitle, \
  $d22 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#D55E00' notitle, \
  $d23 using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '#009E73' notitle, \
  $d24 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#009E73' notitle
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
set label 32 '' at screen 0.500000,0.926710 center textcolor rgb '#000000' front
set label 33 '' at screen 0.000000,0.982085 left textcolor rgb '#000000' front
unset border
unset grid
$d25 << EOD
411.8 0 411.8 431.8 -5 5
421.8 0 411.8 431.8 -5 5
431.8 0 411.8 431.8 -5 5
EOD
set label 34 'measured' at screen 0.486444,0.964169 left textcolor rgb '#000000' front
plot $d25 using 1:2 with linespoints pt 7 ps 0.5 lw 0.8 lc rgb '#0072B2' notitle
unset label
unset arrow
unset multiplot
set output
