#pragma once

#include "engine/core/random.h"

#include <glib.h>

/**
 * fl_mutate:
 * @seed: a file's content, may be empty
 *
 * Spoils a file as disks, networks and attackers do: one to four of cutting it short, changing
 * single bytes or bits, putting remarkable numbers over it, copying one piece over another, filling
 * a piece with one byte, repeating a piece and taking a piece out. The same @seed and the same
 * state of @random give the same result. The result is at most 64 KiB longer than @seed.
 *
 * Returns: (transfer full): the spoilt content, which can happen to equal @seed
 */
GBytes *fl_mutate (GBytes *seed, FlRandom *random);
