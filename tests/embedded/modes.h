/* Requests to the runner, and the largest images. */
#ifndef MODES_H
#define MODES_H

enum { WHOLE, STRIPS, LAZY, IN_PLACE, BAD_SIZE };
enum { MAX_WIDTH = 160, MAX_HEIGHT = 64, MAX_CHANNELS = 3 };

#endif
