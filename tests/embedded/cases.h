// The filters of these tests: CASE(name, kernel, type in, type out, channels, border x, border y, border value, delta, anchor), read
// by C, by C++ and by CMake. An anchor of -1 is the middle.
CASE(blur, "gaussian 1.2", u8, u8, 1, replicate, replicate, 0, 0, -1)
CASE(colour, "gaussian 2 0.8", u8, u8, 3, reflect101, reflect101, 0, 0, -1)
CASE(edge, "sobel x", u8, s16, 1, constant, constant, 7, 0, -1)
CASE(wave, "gabor 1.5 5 30", u8, u8, 1, reflect, reflect, 0, 128.25, -1)
CASE(small, "laplacian", u8, s16, 2, constant, reflect101, 200, 3, -1)
CASE(even, "box 4 3", u16, u16, 1, wrap, replicate, 0, 0, -1)
CASE(corner, "5x3 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 norm", u8, u8, 1, reflect, constant, 9, 0, 0)
CASE(ridge, "log 1", s16, s16, 1, replicate, reflect, 0, 0, -1)
CASE(wide, "gaussian 2.5", u16, u16, 1, reflect101, reflect101, 0, 0, -1)
CASE(slope, "derivative 1.5", u8, f32, 1, replicate, replicate, 0, 0, -1)
CASE(haze, "gaussian 1.7", f32, f32, 1, reflect101, constant, 0.5, 0, -1)
CASE(ring, "disc 2.5", f32, u8, 1, replicate, replicate, 0, 0.125, -1)
