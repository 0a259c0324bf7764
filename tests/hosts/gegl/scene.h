// GEGL with our operation, pictures in memory, and what sepflow_apply makes of them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sepflow/sepflow.h>

#include "plugins/gegl/gegl_api.h"

namespace scene {

// Starts GEGL, once. Loading the module before showed this:
struct Loading {
    int threads_before, threads_after;
    unsigned fpu_before, fpu_after;
    bool is_unloaded;
};
const Loading &start();

struct Picture {
    const Babl *format;  // of floats
    GeglRectangle box;
    std::vector<float> pixels;

    Picture(const char *format_name, const GeglRectangle &place);
    int channels() const { return babl_format_get_n_components(format); }
    float *at(int x, int y);  // in GEGL's coordinates
    sepflow_image view();
};

Picture noise(const char *format_name, const GeglRectangle &box);

// The picture by sepflow_apply; its domain may be wider than the box, with `around` there.
using Set = std::function<void(sepflow_options &)>;
Picture filtered(
    Picture &in, const std::string &kernel, const Set &set = [](sepflow_options &) {});
Picture filtered_inside(const Picture &in, const std::string &kernel,
                        const std::vector<float> &around);

using Properties = std::map<std::string, std::string>;  // enumerations by their nicks

// A chain of operations behind a picture.
class Graph {
  public:
    explicit Graph(Picture &in);
    explicit Graph(GeglBuffer *in);  // takes it
    Graph(const Graph &) = delete;
    ~Graph();

    // Appends. Sources of their own stand alone: what was before is left unused.
    GeglNode *add(const char *operation, const Properties &properties = {});
    GeglNode *last() const { return last_; }
    const Babl *format() const;  // of the last operation's output
    Picture render(const char *format_name, const GeglRectangle &box) const;
    GeglBuffer *in() const { return in_; }

  private:
    GeglNode *graph_, *last_;
    GeglBuffer *in_;
};

void set(GeglNode *node, const std::string &name, const std::string &text);

// Warnings that were issued while it lives, instead of on standard error.
class Warnings {
  public:
    Warnings();
    Warnings(const Warnings &) = delete;
    ~Warnings();
    std::vector<std::string> texts;

  private:
    guint handler_;
};

}  // namespace scene
