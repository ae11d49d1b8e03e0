/* practice-strokes.c: how digits are written, as points that a pen follows.
 *
 * Designed here on a grid 100 units high. A row is a pose: one complete form of the digit. The
 * poses of a way share their moves point by point, and any blend of them must be a digit too, one a
 * little beyond them as well. S is a point on a curve, C a corner, U the last point of a stroke. */
#include "practice-draw.h"

// clang-format off
#define S(x, y) {x, y, NN_PEN_SMOOTH}
#define C(x, y) {x, y, NN_PEN_CORNER}
#define U(x, y) {x, y, NN_PEN_UP}

/* 0: one loop against the clock; the ends meet, cross, or just miss each other. */
static const NnStrokePoint zero_round[][11] = {
  {S(57, 3), S(32, 7), S(12, 28), S(4, 56), S(12, 83), S(36, 98), S(64, 88), S(81, 57), S(78, 25), S(61, 4), U(46, 5)}, /* round */
  {S(66, 2), S(40, 6), S(16, 28), S(2, 58), S(8, 86), S(32, 98), S(62, 84), S(84, 52), S(84, 22), S(70, 4), U(54, 4)}, /* leaning */
  {S(40, 2), S(27, 8), S(18, 28), S(14, 54), S(17, 80), S(30, 98), S(45, 88), S(53, 56), S(52, 26), S(43, 5), U(36, 3)}, /* slim */
  {S(60, 14), S(34, 6), S(10, 20), S(0, 50), S(10, 80), S(42, 92), S(76, 84), S(96, 56), S(90, 24), S(66, 8), U(44, 12)}, /* wide */
};

/* 0 from the top to the right, with the clock. */
static const NnStrokePoint zero_clock_round[][11] = {
  {S(34, 6), S(56, 2), S(78, 24), S(82, 54), S(66, 88), S(40, 98), S(14, 80), S(6, 52), S(16, 22), S(38, 5), U(50, 8)}, /* round */
  {S(30, 6), S(44, 1), S(56, 24), S(58, 54), S(48, 88), S(32, 98), S(18, 80), S(14, 52), S(20, 20), S(34, 2), U(46, 5)}, /* slim */
};

/* 1: a stroke; with a flag; with flag and base. */
static const NnStrokePoint one_straight[][4] = {
  {S(30, 0), S(30, 32), S(30, 66), U(30, 100)}, /* straight */
  {S(33, 0), S(28, 32), S(27, 66), U(31, 100)}, /* bent */
  {S(27, 0), S(31, 32), S(32, 66), U(27, 100)}, /* hooked */
};

static const NnStrokePoint one_flag_small[][4] = {
  {S(16, 16), C(30, 0), S(30, 50), U(30, 100)}, /* small */
  {S(4, 30), C(32, 0), S(31, 50), U(32, 100)}, /* large */
};

static const NnStrokePoint one_base_small[][7] = {
  {S(14, 16), C(30, 0), S(30, 50), U(30, 98), S(14, 99), S(30, 98), U(48, 98)}, /* small */
  {S(2, 26), C(32, 0), S(31, 50), U(32, 98), S(0, 100), S(30, 98), U(66, 97)}, /* large */
};

/* 2 with a corner at the foot. */
static const NnStrokePoint two_round[][9] = {
  {S(8, 24), S(22, 6), S(46, 0), S(66, 14), S(64, 38), S(42, 66), C(6, 96), S(42, 95), U(80, 95)}, /* round */
  {S(14, 18), S(24, 4), S(42, 0), S(54, 16), S(50, 40), S(34, 68), C(12, 98), S(36, 97), U(62, 94)}, /* slim */
  {S(2, 20), S(26, 6), S(54, 6), S(72, 22), S(58, 46), S(32, 66), C(2, 84), S(48, 90), U(98, 96)}, /* low */
};

/* 2 with a short or a falling foot. */
static const NnStrokePoint two_short[][9] = {
  {S(18, 10), S(34, 1), S(50, 6), S(52, 28), S(42, 54), S(28, 80), C(16, 96), S(30, 92), U(46, 97)}, /* short */
  {S(8, 20), S(28, 2), S(56, 4), S(64, 24), S(44, 52), S(18, 78), C(4, 84), S(46, 88), U(90, 100)}, /* falling */
};

/* 2 with a loop at the foot. */
static const NnStrokePoint two_loop_wide[][12] = {
  {S(10, 20), S(32, 2), S(58, 6), S(66, 28), S(54, 56), S(30, 86), S(10, 94), S(4, 82), S(20, 74), S(42, 84), S(66, 96), U(92, 88)}, /* wide */
  {S(16, 22), S(30, 2), S(52, 6), S(56, 30), S(46, 60), S(28, 90), S(12, 98), S(6, 88), S(18, 80), S(36, 88), S(54, 98), U(74, 94)}, /* slim */
  {S(2, 16), S(34, 0), S(64, 6), S(68, 32), S(50, 62), S(24, 88), S(4, 90), S(6, 78), S(26, 80), S(50, 90), S(76, 94), U(100, 84)}, /* flat */
};

/* 2 with a large, round loop. */
static const NnStrokePoint two_ring[][12] = {
  {S(14, 30), S(20, 10), S(44, 0), S(64, 12), S(60, 38), S(46, 66), S(26, 92), S(6, 96), S(-2, 80), S(14, 64), S(44, 80), U(80, 98)}, /* ring */
  {S(20, 14), S(38, 2), S(58, 10), S(58, 36), S(48, 64), S(30, 92), S(8, 98), S(0, 84), S(12, 70), S(36, 76), S(60, 90), U(88, 80)}, /* small */
  {S(12, 36), S(10, 14), S(34, 0), S(62, 6), S(66, 32), S(48, 66), S(20, 92), S(2, 88), S(12, 76), S(36, 84), S(60, 94), U(80, 86)}, /* hook */
};

/* 2 whose loop is left at half height, to the right. */
static const NnStrokePoint two_high[][12] = {
  {S(16, 22), S(34, 4), S(58, 8), S(60, 36), S(50, 64), S(36, 88), S(14, 98), S(0, 86), S(12, 70), S(40, 68), S(66, 74), U(96, 74)}, /* plain */
  {S(20, 28), S(24, 6), S(48, 0), S(62, 22), S(58, 56), S(44, 86), S(20, 98), S(4, 84), S(14, 66), S(42, 66), S(62, 78), U(84, 86)}, /* hooked */
};

/* 3 of two bows. */
static const NnStrokePoint three_round[][11] = {
  {S(10, 14), S(30, 1), S(58, 6), S(62, 26), S(46, 42), C(20, 47), S(52, 52), S(70, 72), S(56, 93), S(32, 99), U(8, 92)}, /* round */
  {S(14, 8), S(34, 0), S(52, 6), S(54, 20), S(42, 33), C(26, 40), S(58, 44), S(76, 64), S(64, 88), S(34, 99), U(0, 92)}, /* foot */
  {S(4, 18), S(28, 1), S(60, 6), S(68, 28), S(50, 48), C(34, 55), S(50, 60), S(60, 76), S(48, 94), S(26, 100), U(6, 94)}, /* head */
};

/* 3 in a sweep, its foot far to the left. */
static const NnStrokePoint three_sweep[][11] = {
  {S(20, 10), S(42, 0), S(66, 4), S(66, 20), S(48, 36), C(32, 44), S(58, 50), S(64, 70), S(44, 92), S(14, 98), U(-6, 86)}, /* sweep */
  {S(24, 6), S(40, 0), S(54, 8), S(50, 24), S(38, 36), C(30, 42), S(48, 50), S(56, 72), S(44, 94), S(22, 100), U(2, 96)}, /* tall */
  {S(8, 4), S(34, 0), S(58, 6), S(56, 20), S(42, 34), C(24, 46), S(52, 46), S(72, 60), S(66, 84), S(36, 96), U(6, 100)}, /* sharp */
};

/* 3 whose waist is a small loop or a smooth turn. */
static const NnStrokePoint three_loop[][12] = {
  {S(10, 12), S(34, 1), S(62, 8), S(64, 26), S(44, 42), S(30, 48), S(32, 44), S(54, 50), S(68, 70), S(54, 93), S(28, 99), U(6, 90)}, /* loop */
  {S(6, 16), S(34, 2), S(60, 10), S(62, 26), S(50, 40), S(40, 46), S(46, 48), S(60, 56), S(66, 74), S(48, 95), S(22, 99), U(0, 92)}, /* soft */
};

/* 3 with a flat top. */
static const NnStrokePoint three_flat[][10] = {
  {S(8, 6), S(36, 3), C(66, 2), S(50, 22), C(34, 40), S(60, 48), S(72, 70), S(56, 94), S(30, 99), U(4, 92)}, /* flat */
  {S(14, 4), S(34, 3), C(56, 3), S(46, 24), C(36, 42), S(52, 50), S(60, 70), S(50, 92), S(32, 99), U(12, 96)}, /* flat slim */
};

/* 4 open at the top, rounded. */
static const NnStrokePoint four_open[][10] = {
  {S(16, 2), S(9, 28), S(8, 50), S(26, 57), S(50, 54), U(72, 50), S(66, 2), S(62, 34), S(59, 68), U(56, 100)}, /* open */
  {S(22, 8), S(12, 34), S(14, 54), S(30, 60), S(48, 52), U(66, 42), S(62, 6), S(58, 36), S(54, 70), U(52, 100)}, /* deep */
  {S(18, 12), S(6, 36), S(2, 56), S(26, 62), S(58, 58), U(88, 54), S(76, 0), S(66, 34), S(58, 68), U(50, 100)}, /* wide */
};

/* 4 open at the top, with an angle. */
static const NnStrokePoint four_angle[][8] = {
  {S(20, 2), S(14, 26), C(8, 52), S(42, 52), U(76, 50), S(64, 2), S(62, 50), U(60, 100)}, /* angle */
  {S(30, 0), S(18, 32), C(4, 66), S(42, 64), U(78, 62), S(58, 28), S(56, 60), U(54, 100)}, /* low */
  {S(24, 6), S(20, 28), C(18, 50), S(40, 50), U(62, 46), S(60, 0), S(56, 50), U(54, 100)}, /* slim */
};

/* 4 closed: the top is a point. */
static const NnStrokePoint four_closed[][8] = {
  {S(56, 2), S(32, 32), C(6, 64), S(44, 63), U(76, 62), S(58, 2), S(57, 50), U(56, 100)}, /* closed */
  {S(58, 4), S(36, 26), C(16, 50), S(40, 52), U(70, 50), S(60, 2), S(56, 50), U(50, 100)}, /* slim */
};

/* 4 in one stroke: down, over, up and down again. */
static const NnStrokePoint four_one[][9] = {
  {S(18, 6), S(9, 34), S(16, 54), S(38, 52), S(58, 30), C(68, 6), S(63, 40), S(58, 72), U(54, 100)}, /* one */
  {S(22, 2), S(14, 28), S(18, 48), S(34, 50), S(50, 36), C(60, 16), S(55, 44), S(50, 72), U(46, 100)}, /* slim */
};

/* 5 with its hat drawn last. */
static const NnStrokePoint five_hat[][11] = {
  {S(22, 6), S(19, 24), C(14, 44), S(38, 41), S(64, 55), S(68, 79), S(44, 98), U(10, 95), S(22, 5), S(48, 4), U(78, 2)}, /* hat */
  {S(20, 12), S(18, 28), C(16, 46), S(36, 44), S(58, 56), S(58, 80), S(36, 98), U(4, 90), S(28, 6), S(54, 4), U(84, 0)}, /* loose */
  {S(28, 2), S(26, 24), C(22, 44), S(36, 44), S(52, 56), S(52, 78), S(38, 97), U(14, 98), S(28, 3), S(42, 2), U(62, 1)}, /* slim */
};

/* 5 in one stroke, from the end of the hat. */
static const NnStrokePoint five_one[][9] = {
  {S(74, 3), S(50, 4), C(22, 6), C(14, 44), S(40, 42), S(64, 56), S(66, 80), S(42, 98), U(10, 94)}, /* one */
  {S(72, 2), S(56, 4), C(34, 8), C(26, 44), S(40, 44), S(54, 58), S(50, 80), S(34, 96), U(12, 96)}, /* slim */
};

/* 5 close to an S. */
static const NnStrokePoint five_curve[][9] = {
  {S(76, 2), S(50, 5), S(30, 12), S(24, 30), S(40, 46), S(58, 60), S(58, 80), S(38, 97), U(6, 94)}, /* curve */
  {S(92, 10), S(60, 8), S(36, 14), S(28, 34), S(44, 46), S(60, 58), S(56, 78), S(32, 90), U(0, 86)}, /* flat */
};

/* 6: stem, then the loop. */
static const NnStrokePoint six_round[][11] = {
  {S(56, 0), S(34, 16), S(16, 44), S(10, 72), S(24, 96), S(48, 97), S(64, 80), S(58, 60), S(38, 55), S(18, 68), U(13, 82)}, /* round */
  {S(42, 0), S(30, 18), S(20, 44), S(16, 74), S(24, 97), S(38, 97), S(48, 82), S(46, 66), S(36, 60), S(24, 68), U(18, 82)}, /* slim */
  {S(74, 6), S(42, 18), S(16, 42), S(6, 70), S(24, 93), S(54, 94), S(78, 80), S(76, 62), S(52, 56), S(26, 68), U(12, 82)}, /* lying */
};

/* 6 whose loop opens to the right and curls back in. */
static const NnStrokePoint six_curl[][11] = {
  {S(34, 0), S(20, 22), S(8, 48), S(10, 78), S(32, 97), S(62, 90), S(80, 68), S(70, 52), S(50, 60), S(38, 76), U(38, 90)}, /* plain */
  {S(20, 4), S(10, 26), S(2, 50), S(8, 78), S(34, 94), S(70, 88), S(96, 64), S(86, 48), S(62, 56), S(42, 72), U(34, 88)}, /* wide */
  {S(44, 0), S(28, 22), S(14, 50), S(10, 80), S(26, 99), S(50, 92), S(62, 70), S(52, 56), S(36, 64), S(26, 78), U(26, 92)}, /* tall */
};

/* 6 with a big, late closing loop and a short straight stem. */
static const NnStrokePoint six_big[][11] = {
  {S(40, 0), S(26, 20), S(14, 44), S(8, 70), S(20, 95), S(48, 99), S(72, 82), S(68, 58), S(44, 46), S(20, 54), U(8, 68)}, /* big */
  {S(34, 0), S(26, 22), S(20, 46), S(18, 72), S(26, 96), S(42, 99), S(56, 88), S(54, 74), S(42, 68), S(28, 74), U(20, 86)}, /* small */
};

/* 7 with a corner. */
static const NnStrokePoint seven_corner[][6] = {
  {S(4, 8), S(36, 6), C(74, 3), S(58, 34), S(44, 66), U(34, 100)}, /* corner */
  {S(0, 16), S(38, 10), C(78, 6), S(66, 34), S(56, 66), U(48, 100)}, /* low */
  {S(14, 6), S(34, 4), C(58, 3), S(50, 32), S(42, 66), U(36, 100)}, /* slim */
};

/* 7 with a round shoulder. */
static const NnStrokePoint seven_soft[][7] = {
  {S(4, 14), S(26, 6), S(56, 3), S(70, 10), S(60, 36), S(46, 68), U(38, 100)}, /* soft */
  {S(2, 20), S(28, 14), S(56, 6), S(74, 8), S(70, 36), S(62, 68), U(58, 100)}, /* low */
};

/* 7 with a serif at its start. */
static const NnStrokePoint seven_serif[][7] = {
  {S(8, 28), C(8, 8), S(40, 6), C(74, 4), S(58, 36), S(46, 68), U(38, 100)}, /* serif */
  {S(4, 18), C(6, 6), S(40, 6), C(72, 2), S(62, 36), S(52, 68), U(46, 100)}, /* small */
  {S(6, 36), C(12, 10), S(42, 9), C(74, 4), S(66, 36), S(56, 68), U(48, 100)}, /* long */
};

/* 7 with a crossbar. */
static const NnStrokePoint seven_bar[][9] = {
  {S(4, 8), S(36, 6), C(74, 3), S(58, 34), S(44, 66), U(34, 100), S(22, 52), S(44, 50), U(70, 48)}, /* bar */
  {S(8, 14), S(38, 8), C(70, 5), S(58, 34), S(50, 66), U(44, 100), S(30, 58), S(50, 54), U(82, 50)}, /* low */
};

/* 8 in one stroke, starting at the upper right, first to the left. */
static const NnStrokePoint eight_one[][13] = {
  {S(64, 14), S(44, 1), S(20, 10), S(20, 30), S(42, 47), S(55, 66), S(53, 88), S(35, 99), S(14, 88), S(18, 69), S(40, 46), S(62, 28), U(66, 8)}, /* one */
  {S(54, 10), S(42, 0), S(28, 10), S(28, 30), S(40, 48), S(50, 66), S(48, 90), S(36, 99), S(22, 90), S(24, 68), S(40, 48), S(54, 28), U(58, 6)}, /* slim */
  {S(74, 22), S(48, 4), S(16, 10), S(16, 30), S(44, 46), S(64, 62), S(62, 86), S(36, 97), S(8, 86), S(14, 66), S(42, 44), S(72, 28), U(82, 10)}, /* wide */
};

/* 8 in one stroke whose ends stick out or miss each other at the upper right. */
static const NnStrokePoint eight_tail[][13] = {
  {S(70, 10), S(46, 2), S(22, 12), S(26, 32), S(44, 48), S(54, 66), S(46, 90), S(32, 99), S(18, 90), S(22, 70), S(42, 48), S(62, 26), U(82, 2)}, /* tail */
  {S(66, 20), S(44, 2), S(12, 10), S(14, 34), S(36, 54), S(48, 72), S(44, 92), S(32, 99), S(18, 92), S(22, 74), S(40, 52), S(64, 32), U(72, 10)}, /* head */
  {S(60, 8), S(40, 2), S(20, 14), S(24, 34), S(46, 50), S(58, 70), S(50, 92), S(32, 99), S(18, 90), S(24, 70), S(42, 50), S(60, 34), U(74, 22)}, /* gap */
};

/* 8 of two loops. */
static const NnStrokePoint eight_two[][14] = {
  {S(44, 1), S(24, 9), S(20, 26), S(40, 42), S(62, 28), S(60, 9), U(42, 1), S(40, 42), S(16, 58), S(16, 86), S(40, 99), S(68, 86), S(66, 58), U(42, 42)}, /* two */
  {S(42, 1), S(28, 10), S(28, 32), S(40, 46), S(54, 32), S(52, 10), U(40, 1), S(40, 46), S(26, 62), S(26, 88), S(38, 99), S(52, 88), S(54, 62), U(42, 46)}, /* two slim */
};

/* 8 the other way round: first to the right. */
static const NnStrokePoint eight_right[][13] = {
  {S(22, 14), S(42, 1), S(62, 10), S(60, 30), S(40, 46), S(16, 64), S(12, 88), S(36, 99), S(62, 90), S(62, 68), S(40, 46), S(20, 30), U(22, 10)}, /* right */
  {S(30, 8), S(42, 0), S(54, 12), S(50, 32), S(40, 48), S(28, 66), S(26, 90), S(38, 99), S(50, 88), S(50, 66), S(40, 48), S(28, 30), U(30, 8)}, /* right slim */
};

/* 9 with a straight leg. */
static const NnStrokePoint nine_straight[][10] = {
  {S(60, 14), S(44, 2), S(22, 12), S(12, 34), S(26, 49), S(46, 40), C(62, 12), S(58, 40), S(52, 70), U(46, 100)}, /* straight */
  {S(50, 8), S(38, 1), S(24, 12), S(20, 32), S(30, 46), S(44, 36), C(54, 10), S(50, 40), S(46, 70), U(42, 100)}, /* slim */
  {S(68, 10), S(40, 4), S(12, 22), S(4, 46), S(24, 60), S(54, 44), C(74, 12), S(68, 42), S(60, 72), U(54, 100)}, /* low */
  {S(64, 10), S(50, 1), S(30, 12), S(16, 34), S(26, 47), S(46, 36), C(66, 12), S(56, 40), S(44, 70), U(28, 100)}, /* leaning */
};

/* 9 with a large head, its lower side nearly level. */
static const NnStrokePoint nine_full[][10] = {
  {S(60, 10), S(42, 3), S(20, 16), S(10, 40), S(24, 55), S(48, 50), C(63, 10), S(58, 42), S(53, 70), U(48, 100)}, /* plain */
  {S(52, 8), S(40, 2), S(24, 16), S(18, 38), S(26, 52), S(42, 48), C(54, 10), S(50, 42), S(46, 70), U(42, 100)}, /* slim */
  {S(66, 6), S(36, 6), S(14, 22), S(8, 46), S(26, 54), S(52, 53), C(68, 14), S(64, 44), S(60, 70), U(56, 100)}, /* square */
};

/* 9 with a curved leg, written through. */
static const NnStrokePoint nine_curved[][11] = {
  {S(62, 16), S(44, 2), S(18, 10), S(10, 32), S(28, 48), S(54, 38), S(66, 18), S(66, 48), S(56, 80), S(34, 98), U(8, 92)}, /* curved */
  {S(54, 12), S(42, 1), S(24, 10), S(18, 30), S(30, 44), S(48, 34), S(58, 16), S(58, 48), S(50, 80), S(36, 98), U(16, 94)}, /* slim */
};

/* 9 whose loop closes on the leg, the loop round, the leg leaning. */
static const NnStrokePoint nine_round[][9] = {
  {S(44, 44), S(22, 48), S(8, 30), S(20, 8), S(46, 1), S(66, 14), S(66, 36), S(56, 68), U(44, 100)}, /* round */
  {S(40, 36), S(26, 40), S(16, 26), S(24, 6), S(42, 1), S(54, 12), S(52, 36), S(44, 68), U(34, 100)}, /* slim */
  {S(66, 40), S(34, 56), S(4, 44), S(6, 16), S(38, 1), S(72, 10), S(78, 40), S(74, 70), U(72, 100)}, /* big */
};

#undef S
#undef C
#undef U
// clang-format on

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define WAY(label, weight, poses)                          \
  {                                                        \
    label, weight, COUNT(poses[0]), COUNT(poses), poses[0] \
  }

/* By label; the second number is how often a way is written. */
static const NnStrokeWay ways[] = {
    // clang-format off
    WAY(0, 8, zero_round), WAY(0, 2, zero_clock_round),
    WAY(1, 16, one_straight), WAY(1, 2, one_flag_small), WAY(1, 1, one_base_small),
    WAY(2, 4, two_round), WAY(2, 2, two_short), WAY(2, 4, two_loop_wide), WAY(2, 5, two_ring), WAY(2, 4, two_high),
    WAY(3, 6, three_round), WAY(3, 6, three_sweep), WAY(3, 3, three_loop), WAY(3, 1, three_flat),
    WAY(4, 6, four_open), WAY(4, 5, four_angle), WAY(4, 1, four_closed), WAY(4, 1, four_one),
    WAY(5, 5, five_hat), WAY(5, 4, five_one), WAY(5, 4, five_curve),
    WAY(6, 6, six_round), WAY(6, 4, six_curl), WAY(6, 3, six_big),
    WAY(7, 6, seven_corner), WAY(7, 4, seven_soft), WAY(7, 4, seven_serif), WAY(7, 3, seven_bar),
    WAY(8, 7, eight_one), WAY(8, 7, eight_tail), WAY(8, 2, eight_two), WAY(8, 2, eight_right),
    WAY(9, 6, nine_straight), WAY(9, 6, nine_full), WAY(9, 3, nine_curved), WAY(9, 4, nine_round),
    // clang-format on
};

const NnStrokeWay *nn_practice_ways(int label, int *n)
{
  size_t first = 0;
  while (ways[first].label != label)
    first++;
  size_t end = first;
  while (end < COUNT(ways) && ways[end].label == label)
    end++;
  *n = (int)(end - first);
  return ways + first;
}
