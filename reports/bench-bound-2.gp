set encoding utf8
set terminal svg size 900,570 fixed font 'sans-serif,11' noenhanced background '#ffffff'
set output 'drawing.svg'
set multiplot
unset key
set border 3 lc rgb '#666666'
set tics nomirror textcolor rgb '#000000'
set grid lc rgb '#dddddd' lt 1 lw 0.6
set label 1 'Distance to the bound: sk alpha 0.5, beta 1, seed 1, 100000 sentences' at screen 0.500000,0.964912 center textcolor rgb '#000000' front
set lmargin at screen 0.238889
set rmargin at screen 0.544444
set tmargin at screen 0.845614
set bmargin at screen 0.087719
set xrange [-0.02475882273:4.335845666]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:24.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 2 'bits a token above Bayes' at screen 0.391667,0.024561 center textcolor rgb '#000000' front
set label 3 '' at screen 0.238889,0.866667 left textcolor rgb '#000000' front
$d1 << EOD
-0.00286864761 24 -0.00573729522 0 23.64 24.36
-0.00619476017 22 -0.0123895203 0 21.64 22.36
0.0350964877 21 0 0.0701929755 20.64 21.36
0.393027339 20 0 0.786054677 19.64 20.36
0.437157765 19 0 0.874315529 18.64 19.36
0.476449109 18 0 0.952898218 17.64 18.36
1.38178908 4 0 2.76357816 3.64 4.36
2.16792283 1 0 4.33584567 0.64 1.36
EOD
$d2 << EOD
-0.00868420719 24 -0.0116311192 -0.00573729522 23.64 24.36
-0.0156976369 22 -0.0190057534 -0.0123895203 21.64 22.36
0.0799559077 21 0.0701929755 0.0897188399 20.64 21.36
0.82444906 20 0.786054677 0.862843443 19.64 20.36
0.918104341 19 0.874315529 0.961893153 18.64 19.36
0.996356019 18 0.952898218 1.03981382 17.64 18.36
3.28432433 4 2.76357816 3.80507049 3.64 4.36
4.33584567 1 4.33584567 4.33584567 0.64 1.36
EOD
$d3 << EOD
-0.0148234504 24 -0.0180157817 -0.0116311192 23.64 24.36
-0.021255701 22 -0.0235056485 -0.0190057534 21.64 22.36
0.093319257 21 0.0897188399 0.0969196741 20.64 21.36
0.865941394 20 0.862843443 0.869039344 19.64 20.36
0.963886366 19 0.961893153 0.965879579 18.64 19.36
1.0426209 18 1.03981382 1.04542798 17.64 18.36
3.8086029 4 3.80507049 3.8121353 3.64 4.36
4.33584567 1 4.33584567 4.33584567 0.64 1.36
EOD
$d4 << EOD
-0.0180892796 24 -0.0181627775 -0.0180157817 23.64 24.36
-0.0241322356 22 -0.0247588227 -0.0235056485 21.64 22.36
0.110826308 21 0.0969196741 0.124732943 20.64 21.36
0.954749283 20 0.869039344 1.04045922 19.64 20.36
1.05999417 19 0.965879579 1.15410876 18.64 19.36
1.13561167 18 1.04542798 1.22579536 17.64 18.36
4.07399049 4 3.8121353 4.33584567 3.64 4.36
4.33584567 1 4.33584567 4.33584567 0.64 1.36
EOD
$d5 << EOD
0.0126179928 22 0 0.0252359856 21.64 22.36
0.0802937645 17 0 0.160587529 16.64 17.36
EOD
$d6 << EOD
6.06185967e-05 24 0 0.000121237193 23.64 24.36
6.25798213e-05 23 0 0.000125159643 22.64 23.36
0.0253047209 22 0.0252359856 0.0253734562 21.64 22.36
0.124788816 21 0.124732943 0.12484469 20.64 21.36
1.04051458 20 1.04045922 1.04056994 19.64 20.36
1.15416244 19 1.15410876 1.15421613 18.64 19.36
1.22584967 18 1.22579536 1.22590398 17.64 18.36
4.33584567 4 4.33584567 4.33584567 3.64 4.36
4.33584567 1 4.33584567 4.33584567 0.64 1.36
EOD
$d7 << EOD
0.714642179 17 0.160587529 1.26869683 16.64 17.36
1.10393835 16 0 2.2078767 15.64 16.36
1.10578391 15 0 2.21156781 14.64 15.36
1.13938508 14 0 2.27877016 13.64 14.36
1.26258403 13 0 2.52516806 12.64 13.36
1.26258403 12 0 2.52516806 11.64 12.36
1.57311103 11 0 3.14622206 10.64 11.36
1.67192054 10 0 3.34384109 9.64 10.36
1.6859869 9 0 3.3719738 8.64 9.36
1.71407547 8 0 3.42815095 7.64 8.36
1.71428009 7 0 3.42856018 6.64 7.36
1.73818406 6 0 3.47636813 5.64 6.36
1.84445605 5 0 3.6889121 4.64 5.36
2.16792283 3 0 4.33584567 2.64 3.36
2.16792283 2 0 4.33584567 1.64 2.36
EOD
set label 4 'known' at screen 0.230000,0.826823 right textcolor rgb '#777777' front
set label 5 'bayes' at screen 0.230000,0.795505 right textcolor rgb '#777777' front
set label 6 'twopart' at screen 0.230000,0.764187 right textcolor rgb '#777777' front
set label 7 'mix' at screen 0.230000,0.732869 right textcolor rgb '#000000' front
set label 8 'ngram' at screen 0.230000,0.701551 right textcolor rgb '#000000' front
set label 9 'ensemble' at screen 0.230000,0.670233 right textcolor rgb '#000000' front
set label 10 'ctw' at screen 0.230000,0.638915 right textcolor rgb '#000000' front
set label 11 'transformer (two-part) fit 10 s' at screen 0.230000,0.607598 right textcolor rgb '#000000' front
set label 12 'xz -6' at screen 0.230000,0.576280 right textcolor rgb '#000000' front
set label 13 'xz -9e' at screen 0.230000,0.544962 right textcolor rgb '#000000' front
set label 14 'brotli -11 large' at screen 0.230000,0.513644 right textcolor rgb '#000000' front
set label 15 'zstd -19' at screen 0.230000,0.482326 right textcolor rgb '#000000' front
set label 16 'zstd -22 long' at screen 0.230000,0.451008 right textcolor rgb '#000000' front
set label 17 'brotli -5' at screen 0.230000,0.419690 right textcolor rgb '#000000' front
set label 18 'xz -9e (text)' at screen 0.230000,0.388372 right textcolor rgb '#000000' front
set label 19 'brotli -11 large (text)' at screen 0.230000,0.357054 right textcolor rgb '#000000' front
set label 20 'zstd -19 (text)' at screen 0.230000,0.325736 right textcolor rgb '#000000' front
set label 21 'zstd -22 long (text)' at screen 0.230000,0.294418 right textcolor rgb '#000000' front
set label 22 'xz -6 (text)' at screen 0.230000,0.263100 right textcolor rgb '#000000' front
set label 23 'zstd -3' at screen 0.230000,0.231782 right textcolor rgb '#000000' front
set label 24 'order0' at screen 0.230000,0.200464 right textcolor rgb '#000000' front
set label 25 'brotli -5 (text)' at screen 0.230000,0.169146 right textcolor rgb '#000000' front
set label 26 'zstd -3 (text)' at screen 0.230000,0.137828 right textcolor rgb '#000000' front
set label 27 'uniform' at screen 0.230000,0.106510 right textcolor rgb '#000000' front
set label 28 '-0.0180' at screen 0.246188,0.826823 left textcolor rgb '#000000' front
set label 29 '0.0001' at screen 0.246188,0.795505 left textcolor rgb '#000000' front
set label 30 '0.0006' at screen 0.247957,0.764187 left textcolor rgb '#000000' front
set label 31 '0.1248' at screen 0.254927,0.732869 left textcolor rgb '#000000' front
set label 32 '1.0406' at screen 0.319094,0.701551 left textcolor rgb '#000000' front
set label 33 '1.1542' at screen 0.327057,0.670233 left textcolor rgb '#000000' front
set label 34 '1.2259' at screen 0.332081,0.638915 left textcolor rgb '#000000' front
set label 35 '1.2687' at screen 0.335079,0.607598 left textcolor rgb '#000000' front
set label 36 '2.2079' at screen 0.400889,0.576280 left textcolor rgb '#000000' front
set label 37 '2.2116' at screen 0.401148,0.544962 left textcolor rgb '#000000' front
set label 38 '2.2788' at screen 0.405857,0.513644 left textcolor rgb '#000000' front
set label 39 '2.5252' at screen 0.423122,0.482326 left textcolor rgb '#000000' front
set label 40 '2.5252' at screen 0.423122,0.451008 left textcolor rgb '#000000' front
set label 41 '3.1462' at screen 0.466641,0.419690 left textcolor rgb '#000000' front
set label 42 '3.3438' at screen 0.480488,0.388372 left textcolor rgb '#000000' front
set label 43 '3.3720' at screen 0.482460,0.357054 left textcolor rgb '#000000' front
set label 44 '3.4282' at screen 0.486396,0.325736 left textcolor rgb '#000000' front
set label 45 '3.4286' at screen 0.486425,0.294418 left textcolor rgb '#000000' front
set label 46 '3.4764' at screen 0.489775,0.263100 left textcolor rgb '#000000' front
set label 47 '3.6889' at screen 0.504668,0.231782 left textcolor rgb '#000000' front
set label 48 '5.0114 >' at screen 0.550000,0.200464 left textcolor rgb '#000000' front
set label 49 '5.3719 >' at screen 0.550000,0.169146 left textcolor rgb '#000000' front
set label 50 '6.5783 >' at screen 0.550000,0.137828 left textcolor rgb '#000000' front
set label 51 '9.8455 >' at screen 0.550000,0.106510 left textcolor rgb '#000000' front
plot $d1 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d2 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d3 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d4 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d5 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#D55E00' notitle, \
  $d6 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle, \
  $d7 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#BBBBBB' notitle
unset label
unset arrow
set lmargin at screen 0.622222
set rmargin at screen 0.927778
set tmargin at screen 0.845614
set bmargin at screen 0.087719
set xrange [-0.02475882273:1.352740921]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [0.4:24.6]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset ytics
set label 52 'the same, enlarged' at screen 0.775000,0.024561 center textcolor rgb '#000000' front
set label 53 '' at screen 0.622222,0.866667 left textcolor rgb '#000000' front
$d8 << EOD
-0.00286864761 24 -0.00573729522 0 23.64 24.36
-0.00619476017 22 -0.0123895203 0 21.64 22.36
0.0350964877 21 0 0.0701929755 20.64 21.36
0.393027339 20 0 0.786054677 19.64 20.36
0.437157765 19 0 0.874315529 18.64 19.36
0.476449109 18 0 0.952898218 17.64 18.36
0.67637046 4 0 1.35274092 3.64 4.36
0.67637046 1 0 1.35274092 0.64 1.36
EOD
$d9 << EOD
-0.00868420719 24 -0.0116311192 -0.00573729522 23.64 24.36
-0.0156976369 22 -0.0190057534 -0.0123895203 21.64 22.36
0.0799559077 21 0.0701929755 0.0897188399 20.64 21.36
0.82444906 20 0.786054677 0.862843443 19.64 20.36
0.918104341 19 0.874315529 0.961893153 18.64 19.36
0.996356019 18 0.952898218 1.03981382 17.64 18.36
1.35274092 4 1.35274092 1.35274092 3.64 4.36
1.35274092 1 1.35274092 1.35274092 0.64 1.36
EOD
$d10 << EOD
-0.0148234504 24 -0.0180157817 -0.0116311192 23.64 24.36
-0.021255701 22 -0.0235056485 -0.0190057534 21.64 22.36
0.093319257 21 0.0897188399 0.0969196741 20.64 21.36
0.865941394 20 0.862843443 0.869039344 19.64 20.36
0.963886366 19 0.961893153 0.965879579 18.64 19.36
1.0426209 18 1.03981382 1.04542798 17.64 18.36
1.35274092 4 1.35274092 1.35274092 3.64 4.36
1.35274092 1 1.35274092 1.35274092 0.64 1.36
EOD
$d11 << EOD
-0.0180892796 24 -0.0181627775 -0.0180157817 23.64 24.36
-0.0241322356 22 -0.0247588227 -0.0235056485 21.64 22.36
0.110826308 21 0.0969196741 0.124732943 20.64 21.36
0.954749283 20 0.869039344 1.04045922 19.64 20.36
1.05999417 19 0.965879579 1.15410876 18.64 19.36
1.13561167 18 1.04542798 1.22579536 17.64 18.36
1.35274092 4 1.35274092 1.35274092 3.64 4.36
1.35274092 1 1.35274092 1.35274092 0.64 1.36
EOD
$d12 << EOD
0.0126179928 22 0 0.0252359856 21.64 22.36
0.0802937645 17 0 0.160587529 16.64 17.36
EOD
$d13 << EOD
6.06185967e-05 24 0 0.000121237193 23.64 24.36
6.25798213e-05 23 0 0.000125159643 22.64 23.36
0.0253047209 22 0.0252359856 0.0253734562 21.64 22.36
0.124788816 21 0.124732943 0.12484469 20.64 21.36
1.04051458 20 1.04045922 1.04056994 19.64 20.36
1.15416244 19 1.15410876 1.15421613 18.64 19.36
1.22584967 18 1.22579536 1.22590398 17.64 18.36
1.35274092 4 1.35274092 1.35274092 3.64 4.36
1.35274092 1 1.35274092 1.35274092 0.64 1.36
EOD
$d14 << EOD
0.714642179 17 0.160587529 1.26869683 16.64 17.36
0.67637046 16 0 1.35274092 15.64 16.36
0.67637046 15 0 1.35274092 14.64 15.36
0.67637046 14 0 1.35274092 13.64 14.36
0.67637046 13 0 1.35274092 12.64 13.36
0.67637046 12 0 1.35274092 11.64 12.36
0.67637046 11 0 1.35274092 10.64 11.36
0.67637046 10 0 1.35274092 9.64 10.36
0.67637046 9 0 1.35274092 8.64 9.36
0.67637046 8 0 1.35274092 7.64 8.36
0.67637046 7 0 1.35274092 6.64 7.36
0.67637046 6 0 1.35274092 5.64 6.36
0.67637046 5 0 1.35274092 4.64 5.36
0.67637046 3 0 1.35274092 2.64 3.36
0.67637046 2 0 1.35274092 1.64 2.36
EOD
set label 54 '-0.0180' at screen 0.633297,0.826823 left textcolor rgb '#000000' front
set label 55 '0.0001' at screen 0.633298,0.795505 left textcolor rgb '#000000' front
set label 56 '0.0006' at screen 0.638898,0.764187 left textcolor rgb '#000000' front
set label 57 '0.1248' at screen 0.660963,0.732869 left textcolor rgb '#000000' front
set label 58 '1.0406' at screen 0.864088,0.701551 left textcolor rgb '#000000' front
set label 59 '1.1542' at screen 0.889297,0.670233 left textcolor rgb '#000000' front
set label 60 '1.2259' at screen 0.905198,0.638915 left textcolor rgb '#000000' front
set label 61 '1.2687' at screen 0.914691,0.607598 left textcolor rgb '#000000' front
set label 62 '2.2079 >' at screen 0.933333,0.576280 left textcolor rgb '#000000' front
set label 63 '2.2116 >' at screen 0.933333,0.544962 left textcolor rgb '#000000' front
set label 64 '2.2788 >' at screen 0.933333,0.513644 left textcolor rgb '#000000' front
set label 65 '2.5252 >' at screen 0.933333,0.482326 left textcolor rgb '#000000' front
set label 66 '2.5252 >' at screen 0.933333,0.451008 left textcolor rgb '#000000' front
set label 67 '3.1462 >' at screen 0.933333,0.419690 left textcolor rgb '#000000' front
set label 68 '3.3438 >' at screen 0.933333,0.388372 left textcolor rgb '#000000' front
set label 69 '3.3720 >' at screen 0.933333,0.357054 left textcolor rgb '#000000' front
set label 70 '3.4282 >' at screen 0.933333,0.325736 left textcolor rgb '#000000' front
set label 71 '3.4286 >' at screen 0.933333,0.294418 left textcolor rgb '#000000' front
set label 72 '3.4764 >' at screen 0.933333,0.263100 left textcolor rgb '#000000' front
set label 73 '3.6889 >' at screen 0.933333,0.231782 left textcolor rgb '#000000' front
set label 74 '5.0114 >' at screen 0.933333,0.200464 left textcolor rgb '#000000' front
set label 75 '5.3719 >' at screen 0.933333,0.169146 left textcolor rgb '#000000' front
set label 76 '6.5783 >' at screen 0.933333,0.137828 left textcolor rgb '#000000' front
set label 77 '9.8455 >' at screen 0.933333,0.106510 left textcolor rgb '#000000' front
plot $d8 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d9 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d10 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d11 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d12 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#D55E00' notitle, \
  $d13 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle, \
  $d14 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#BBBBBB' notitle
unset label
unset arrow
set lmargin at screen 0.000000
set rmargin at screen 1.000000
set tmargin at screen 0.940351
set bmargin at screen 0.905263
set xrange [0:900]
unset logscale x
set xtics nomirror textcolor rgb '#000000' autofreq
set yrange [-10:10]
unset logscale y
set ytics nomirror textcolor rgb '#000000' autofreq
unset xtics
unset ytics
set label 78 '' at screen 0.500000,0.842105 center textcolor rgb '#000000' front
set label 79 '' at screen 0.000000,0.961404 left textcolor rgb '#000000' front
unset border
unset grid
$d15 << EOD
82.5 0 72.5 92.5 -5 5
EOD
set label 80 'syntax' at screen 0.109444,0.922807 left textcolor rgb '#000000' front
$d16 << EOD
168.3 0 158.3 178.3 -5 5
EOD
set label 81 'names' at screen 0.204778,0.922807 left textcolor rgb '#000000' front
$d17 << EOD
247.8 0 237.8 257.8 -5 5
EOD
set label 82 'first facts' at screen 0.293111,0.922807 left textcolor rgb '#000000' front
$d18 << EOD
365.1 0 355.1 375.1 -5 5
EOD
set label 83 'repeated facts' at screen 0.423444,0.922807 left textcolor rgb '#000000' front
$d19 << EOD
501.3 0 491.3 511.3 -5 5
EOD
set label 84 'stored model' at screen 0.574778,0.922807 left textcolor rgb '#000000' front
$d20 << EOD
624.9 0 614.9 634.9 -5 5
EOD
set label 85 'coder, header' at screen 0.712111,0.922807 left textcolor rgb '#000000' front
$d21 << EOD
754.8 0 744.8 764.8 -5 5
EOD
set label 86 'not split' at screen 0.856444,0.922807 left textcolor rgb '#000000' front
plot $d15 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#0072B2' notitle, \
  $d16 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#E69F00' notitle, \
  $d17 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#009E73' notitle, \
  $d18 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#CC79A7' notitle, \
  $d19 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#D55E00' notitle, \
  $d20 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#000000' notitle, \
  $d21 using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '#BBBBBB' notitle
unset label
unset arrow
unset multiplot
set output
