/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chart_specifications.c - the texts of bench/charts/, which the Makefile turns into strings.
 */
#include "chart.h"

const char chart_bound_json[] =
#include "charts/bound.json.inc"
    ;
const char chart_learning_json[] =
#include "charts/learning.json.inc"
    ;
const char chart_length_json[] =
#include "charts/length.json.inc"
    ;
const char chart_memory_json[] =
#include "charts/memory.json.inc"
    ;
const char chart_redundancy_json[] =
#include "charts/redundancy.json.inc"
    ;
const char chart_speed_json[] =
#include "charts/speed.json.inc"
    ;
const char chart_structure_json[] =
#include "charts/structure.json.inc"
    ;
const char chart_threads_json[] =
#include "charts/threads.json.inc"
    ;
