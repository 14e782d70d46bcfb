set encoding utf8
set terminal svg size 900,450 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Threads: ordinary file: the C sources and README.md of this program' at screen 0.500000,0.955556 center textcolor rgb '#000000' front
set lmargin at screen 0.077778
set rmargin at screen 0.711111
set tmargin at screen 0.822222
set bmargin at screen 0.111111
set xrange [0.9090909091:4.4]
set logscale x
set xtics nomirror textcolor rgb '#000000' ('1' 1, '2' 2, '3' 3, '4' 4)
set yrange [0.523603083:1.035730266]
set logscale y
set ytics nomirror textcolor rgb '#000000' ('0.6' 0.6, '0.8' 0.8, '1' 1)
set label 2 'threads' at screen 0.394444,0.031111 center textcolor rgb '#000000' front
set label 3 'MB of input a second of wall-clock time: full to compress, open to decompress' at screen 0.033333,0.848889 left textcolor rgb '#000000' front
$d1 << EOD
1 0.801892
2 0.628324
4 0.752998
EOD
$d2 << EOD
1 0.863109
2 0.822645
4 0.837278
EOD
set arrow 4 from screen 0.711111,0.600479 to screen 0.726667,0.600479 nohead lw 0.7 lc rgb '#999999'
set label 5 'dec mix' at screen 0.731111,0.600479 left textcolor rgb '#0072B2' front
set arrow 6 from screen 0.711111,0.489878 to screen 0.726667,0.489878 nohead lw 0.7 lc rgb '#999999'
set label 7 'enc mix' at screen 0.731111,0.489878 left textcolor rgb '#0072B2' front
plot $d1 using 1:2 with linespoints pt 7 ps 0.8 lw 1.6 dt 1 lc rgb '#0072B2' notitle, \
  $d2 using 1:2 with linespoints pt 6 ps 0.8 lw 1.6 dt 2 lc rgb '#0072B2' notitle
unset label
unset arrow
unset multiplot
set output
