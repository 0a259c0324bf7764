// sepflow explain: how a kernel is factored, without an image.
#include <iostream>
#include <memory>

#include "runtime/command/files/band_format.h"
#include "runtime/command/files/image_file.h"
#include "runtime/command/verbs/describe.h"
#include "runtime/command/verbs/picture.h"
#include "runtime/command/verbs/plan_options.h"
#include "runtime/command/verbs/verbs.h"

namespace sepflow::command {

namespace {

struct Explain {
    PlanOptions plan;
    std::string in_type = "f32", picture;
    bool json = false;
};

void explain(Explain o) {
    start_vips("sepflow");
    const KernelOption kernel = read_kernel(o.plan.kernel);
    const sepflow_type in = type_from_name(o.in_type), wanted = type_from_name(o.plan.type);
    set_defaults(o.plan, in);
    const PlanPointer plan = make_plan(o.plan, kernel, in, wanted);
    if (!o.picture.empty()) draw_plan(plan.get(), kernel.text, o.picture);
    if (o.json) {
        std::cout << json_text(plan_json(plan.get(), kernel.text)) << '\n';
    } else {
        std::cout << plan_text(plan.get(), kernel.text, in, wanted != 0 ? wanted : in);
    }
}

}  // namespace

void add_explain(CLI::App &app) {
    CLI::App *verb = app.add_subcommand(
        "explain", "Explain how a kernel is factored: singular values, rank, error bound, cost");
    const auto o = std::make_shared<Explain>();
    add_plan_options(*verb, o->plan);
    verb->add_option("--in-type", o->in_type, "Pixel type of the images (f32)")
        ->check(CLI::IsMember(type_names()));
    verb->add_flag("--json", o->json, "Write JSON");
    verb->add_option(
            "--picture", o->picture,
            "Draw the kernel, its approximation, the error and the singular values into this file")
        ->type_name("FILE");
    verb->callback([o] { explain(*o); });
}

}  // namespace sepflow::command
