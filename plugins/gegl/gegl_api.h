// GEGL's headers for those who write operations; they have neither extern "C" throughout nor our
// warnings in mind.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunused-parameter"
extern "C" {
#include <gegl-plugin.h>
#include <gegl-scratch.h>
}
#pragma GCC diagnostic pop
