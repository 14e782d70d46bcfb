
WARNING: errno=2 : No such file or directory
set

Command exited with non-zero status 1
ppmd 0.00+0.00
