/* SPDX-License-Identifier: BSD-2-Clause
 *
 * faults.h - what faults.so, inside of a program, tells inject, which ran it: a page that both map.
 */
#ifndef TWOPART_FAULTS_H
#define TWOPART_FAULTS_H

#include <stdatomic.h>
#include <stdint.h>

struct fault_report {
	_Atomic uint64_t calls;    /* of the kinds asked for, from where was asked for */
	_Atomic uint64_t injected; /* that failed, or were cut short */
	_Atomic int32_t descriptors_left; /* open at the end and not at the beginning */
};

#endif
