#!/usr/bin/env bash
# mutations.sh: breaks a copy of the tree in one line at a time and sees that the tests named turn
# red. Each must.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$top/." "$work"
rm -rf "$work/build"
cd "$work"
cmake --preset release -DSEPFLOW_WERROR=OFF > /dev/null 2>&1
cmake --build --preset release > /dev/null
survivors=0

# A program of build/release/tests, or a test by its name.
passes() {
    if [ -x "build/release/tests/$1" ]; then
        "build/release/tests/$1" > /dev/null 2>&1
    else
        ctest --preset release -R "^$1\$" > /dev/null 2>&1
    fi
}

# mutate FILE SED-EXPRESSION TEST
mutate() {
    cp "$1" "$work/original"
    sed -i "$2" "$1"
    if cmp -s "$1" "$work/original"; then
        echo "NOT APPLIED  $1: $2"
        survivors=$((survivors + 1))
    else
        cmake --build --preset release > /dev/null 2>&1 || echo "does not build: $1: $2"
        if passes "$3"; then
            echo "SURVIVED     $1: $2 ($3)"
            survivors=$((survivors + 1))
        else
            echo "caught       $1: $2 ($3)"
        fi
    fi
    cp "$work/original" "$1"
    touch "$1"
}

mutate runtime/plan/region.cpp 's/out.w + halo.left + halo.right/out.w + halo.left + halo.right - 1/' sepflow_oracle_tests
mutate runtime/execute/border.h 's/positive_modulo(i, 2 \* size);/positive_modulo(i, 2 * size - 1);/' sepflow_oracle_tests
mutate runtime/execute/stage.cpp 's/truncated ? T(0) : border_value_/T(0)/' sepflow_oracle_tests
mutate runtime/execute/rescaling.cpp 's/? 1 : request_.kernel_sum \/ used/? 1 : 1/' sepflow_oracle_tests
mutate runtime/plan/request.cpp 's/if (options.convolve) flip/if (false) flip/' sepflow_oracle_tests
mutate runtime/execute/sink.h 's/return is_last_ ? plan_.request.options.delta : 0;/return plan_.request.options.delta;/' sepflow_oracle_tests
mutate runtime/execute/pass_pairs/tiles.cpp 's/last = first + count;/last = first + count - 1;/' sepflow_oracle_tests
mutate runtime/base/half.cpp 's/bits |= 1;/bits |= 0;/' sepflow_oracle_tests
mutate generators/pixel.h "s/12582912.0f;/12582913.0f;/" sepflow_oracle_tests
mutate generators/tap_sum.h "s/rest_.x < steps % unrolled/rest_.x < steps % unrolled - 1/" sepflow_oracle_tests
mutate generators/tap_sum.h 's/terms.sample(terms.length - 1 - k, t)/terms.sample(terms.length - k, t)/' sepflow_oracle_tests
mutate generators/variants.cmake 's/column_pass_${type}_plain column_pass strict_float/column_pass_${type}_plain column_pass ""/' sepflow_generators_tests
mutate runtime/plan/pass_pairs.cpp 's/taps.length \/ 2)\] \/= 2;/taps.length \/ 2)] \/= 1;/' sepflow_oracle_tests
mutate runtime/plan/fixed_point.cpp 's/bits) - slack >= -32768/bits) - slack >= -65536/; s/slack <= 32767/slack <= 65535/' sepflow_oracle_tests
mutate runtime/plan/fixed_point.cpp 's/column_bias = mean_of_floor(column)/column_bias = 0/' sepflow_oracle_tests
mutate runtime/plan/exactness.cpp 's/: 0x1p24;/: 0x1p28;/' sepflow_oracle_tests
mutate runtime/plan/budget.cpp "s/range.half_width() \* certificate.remainder_norm_1/0.9 * range.half_width() * certificate.remainder_norm_1/" sepflow_oracle_tests
mutate runtime/plan/truncation.cpp 's/gain \* (rest_norms/(rest_norms/' sepflow_oracle_tests
mutate runtime/plan/budget.cpp 's/include(options.missing_value);/{}/' sepflow_oracle_tests
mutate runtime/factor/certificate.cpp 's/(norm_1 + std::fabs(delta))/(norm_1 + 0 * std::fabs(delta))/' sepflow_oracle_tests
mutate runtime/execute/stage.cpp 's/loaded.y - area.y) \* staged.columns/loaded.y - area.y + 1) * staged.columns/' sepflow_oracle_tests
mutate runtime/plan/options.h 's/return strict || is_integer(in_type)/return is_integer(in_type)/' sepflow_bytes_tests
mutate runtime/plan/arithmetic.cpp 's/is_double \&\& a.unfused ? /false ? /' sepflow_bytes_tests
mutate runtime/execute/pass_pairs/tiles.cpp 's/const Least least = least_tile(part.blocking, walk.step);/const Least least = {1, 1};/' sepflow_bytes_tests
mutate runtime/host/tile.cpp 's/same_format \&\& readers(feed) == 1/same_format/' sepflow_host_tests
mutate runtime/host/tile.cpp 's/!optional || outlet == target/(optional \&\& false) || outlet == target/' sepflow_host_tests
mutate runtime/command/files/exif.cpp 's/{EXIF_TAG_PIXEL_X_DIMENSION, image.width}/{EXIF_TAG_PIXEL_X_DIMENSION, image.height}/' sepflow_command_tests
mutate runtime/command/files/exif.cpp 's/is_maker_note = entry->tag == EXIF_TAG_MAKER_NOTE/is_maker_note = false/' sepflow_command_tests
mutate runtime/command/files/embedded_pictures.cpp 's/\&\& !is_preview/\&\& true/' sepflow_command_tests
mutate runtime/command/files/webp_write.cpp 's/config.exact = 1;/config.exact = 0;/' sepflow_command_tests
mutate runtime/command/files/tiff_write.cpp 's/if (resolution.unit == kUnknown) return;//' sepflow_command_tests
mutate runtime/base/rect.h 's/std::min(a.x + a.w, b.x + b.w) - x, 0)/std::min(a.x + a.w, b.x + b.w) - x, -9)/' sepflow_base_tests
mutate runtime/base/pixel_type.h 's/return f(int16_t{});/return f(uint16_t{});/' sepflow_base_tests
mutate runtime/base/number.h 's/if (denominator == 0)/if (false)/' sepflow_kernel_tests
mutate runtime/plan/bank.cpp 's/t < span.end; ++t) ++readers\[t\];/t < span.end; ++t) readers[t] += of_output[t] != 0;/' sepflow_oracle_tests
mutate runtime/execute/rescaling.cpp 's/double used = sum_of_taps(x, y);/double used = pairs_ ? sum_of_factors(x, y) : sum_of_taps(x, y);/' sepflow_oracle_tests
mutate runtime/plan/exactness.cpp 's/if (request.scale_rounding != 0)/if (false)/' sepflow_oracle_tests
mutate runtime/execute/transforms/blocks.cpp 's/return std::fabs(sample) <= largest;/(void)sample; return true;/' sepflow_oracle_tests
mutate runtime/execute/transforms/blocks.cpp 's/std::max(plan.factoring/std::max(0 * plan.factoring/' sepflow_oracle_tests
mutate runtime/kernel/kernel.h 's/if (product != 0 || a == 0 || b == 0) return product;/return product;/' sepflow_oracle_tests
mutate runtime/factor/balance.cpp 's/kFar = 60/kFar = 6000/' sepflow_oracle_tests
mutate runtime/kernel/netpbm.cpp 's/if (next == .#.) end_of_line();//' sepflow_kernel_tests
mutate runtime/kernel/number_rows.cpp 's/with_separator != result.rows.size()/false/' sepflow_kernel_tests
mutate runtime/kernel/file.cpp 's/if (fits \&\& !is_of_libvips \&\& is_row/if (false/' sepflow_kernel_tests
mutate plugins/frei0r/effect.cpp 's/is_refused_\[index\] = true;.*//' sepflow_frei0r_tests
mutate runtime/factor/symmetry.cpp 's/return {{y, x}};/return {{Parity::kNone, Parity::kNone}};/' sepflow_factor_tests
mutate runtime/factor/constant.cpp 's/filter\[i\] = filter\[mirror\] = moved/filter[i] = moved/' sepflow_factor_tests
mutate runtime/factor/rank.cpp 's/cut_norm > allowed) return stored;/cut_norm > allowed) {}/' sepflow_factor_tests
mutate runtime/factor/symmetry.cpp 's/const int exponent = exponent_of_largest(kernel.taps);/const int exponent = 0;/' sepflow_factor_tests
mutate runtime/host/tile.cpp 's/= united(needed\[feed.place\], in);/= is_empty(in) ? united(in, in) : in;/' sepflow_host_tests
mutate runtime/host/compute.cpp 's/sepflow::overlap(place.image, job.out)/false/' sepflow_host_tests
mutate runtime/base/structs.h 's/apart = first->struct_size;/apart = sizeof(Struct);/' sepflow_host_tests
mutate runtime/base/structs.h 's/least = PublicStruct<Struct>::first_size/least = sizeof(Struct)/' sepflow_later_struct_size_tests
mutate runtime/base/error.h 's/SEPFLOW_ERROR_FIRST_SIZE/sizeof(sepflow_error)/' sepflow_later_struct_size_tests
mutate runtime/host/tile.cpp 's/inputs_.clear(place.image_size)/inputs_.clear(sizeof(sepflow_image))/' sepflow_0_1_graph_later
mutate runtime/base/child.h 's/now - last_, std::chrono::seconds(1)/now - last_, std::chrono::hours(1)/' sepflow_command_tests
mutate runtime/command/process/supervise.cpp 's/if (ended_by != 0) end_descendants();/if (ended_by < 0) end_descendants();/' sepflow_command_tests
mutate runtime/command/process/supervise.cpp 's/if (!is_ignored(number)) sigaddset/sigaddset/' sepflow_command_tests
mutate runtime/command/process/temporary.cpp 's/if (notes\[i\].is_written.load()) remove(notes\[i\].path);//' sepflow_file_fault_tests
mutate runtime/host/probed.cpp 's/kDoubt = 3600/kDoubt = 36000/' sepflow_host_tests
mutate runtime/host/probed.cpp 's/found.st_nlink == 1/found.st_nlink != 0/' sepflow_host_tests
mutate runtime/host/json_value.cpp 's/ || json.number != std::floor(json.number))/)/' sepflow_host_tests
mutate plugins/arithmetic/scale_offset.cpp 's/kFloatForBytes = false/kFloatForBytes = true/' sepflow_host_tests
mutate runtime/kernel/named.cpp 's/taps\[static_cast<size_t>(radius - x)\] = mirror_sign/taps[static_cast<size_t>(radius - x)] = 1.0000001 * mirror_sign/' sepflow_kernel_tests
mutate runtime/kernel/named.cpp 's/std::ceil(kGaussianReach \* sigma)/std::floor(kGaussianReach * sigma + 0.5)/' sepflow_kernel_tests
mutate runtime/kernel/named.cpp 's/length \/ 2 + 0.5 - along/length \/ 2 + 0.4 - along/' sepflow_kernel_tests
mutate runtime/plan/direct_sum.cpp 's/row < y ? T(0)/row < y ? T(1)/' sepflow_oracle_tests
mutate runtime/plan/bank.cpp 's/weights\[i\]\[term\] += weight;/weights[i][term] += 1;/' sepflow_oracle_tests
mutate runtime/execute/pass_pairs/shared_tile.cpp 's/if (!calls_\[combination.output\].is_wanted()) continue;//' sepflow_oracle_tests
mutate runtime/execute/missing.cpp 's/weight\[i\] == 0 ? 0 : weight\[i\] \* sample\[i\]/weight[i] * sample[i]/' sepflow_oracle_tests
mutate runtime/execute/missing.cpp 's/sample\[i\] += (1 - weight\[i\]) \* fill/sample[i] += fill/' sepflow_oracle_tests
mutate runtime/plan/region.cpp 's/i >= 0 ? i \/ size : -((size - 1 - i) \/ size)/i \/ size/' sepflow_oracle_tests
mutate runtime/factor/summation.cpp 's/additions_ += reached_;//' sepflow_oracle_tests
mutate plugins/separable/bank.cpp 's/if (i < outputs.size())/if (i < 1)/' sepflow_host_tests
mutate runtime/embedded/filter.h.in 's/oldest + @NAME@_ROWS)/oldest + @NAME@_ROWS + 1)/' sepflow_embedded_tests
mutate runtime/embedded/passes.cpp 's/set_any_strict_float(is_strict)/set_any_strict_float(is_strict \&\& false)/' sepflow_embedded_tests
mutate runtime/embedded/passes.cpp 's/term == 0 \&\& kept/term < 0 \&\& kept/' sepflow_embedded_tests
mutate runtime/embedded/passes.cpp 's/is_kept = tap != 0 \&\&/is_kept = false \&\&/' sepflow_embedded_tests
mutate runtime/embedded/passes.cpp 's/is_far ? strict/is_far \&\& false ? strict/' sepflow_embedded_tests
mutate runtime/embedded/filter.cpp 's/ || is_node;/ || (is_node \&\& false);/' sepflow_embedded_node_tests
mutate runtime/embedded/header.cpp 's/-1 - i : 2/-i : 2/' sepflow_embedded_tests
mutate plugins/gstreamer/subsampling.cpp 's/return {kernel, -x.first, -y.first};/return {kernel, -x.first, y.count \/ 2};/' sepflow_gstreamer_tests
mutate plugins/gstreamer/repeated_plane.cpp 's/(before + step - 1) \/ step/before \/ step/' sepflow_gstreamer_tests
mutate plugins/gstreamer/repeated_plane.cpp 's/(pixels - after) \/ step/(pixels - after + 1) \/ step/' sepflow_gstreamer_tests
mutate plugins/gstreamer/frame_plan.cpp 's/clear_gaps(out);//' sepflow_gstreamer_tests
mutate plugins/gstreamer/frame_plan.cpp 's/without_dust(c.zero \* (1 - sum_))/0/' sepflow_gstreamer_tests
mutate plugins/gstreamer/layout.cpp 's/view.padding = view.first.offset;//' sepflow_gstreamer_tests
mutate plugins/gstreamer/live_plan.cpp 's/staged_.revert(wanted, accepted_);//' sepflow_gstreamer_tests
mutate plugins/vips/filtered.cpp 's/first = below(below(first) - before);/first = first - before;/' sepflow_vips_tests
mutate plugins/vips/filtered.cpp 's/if (wraps.x || wraps.y) wrap/if (false) wrap/' sepflow_vips_tests
mutate plugins/vips/operation.cpp 's/matrix->Ysize, matrix->Xsize/matrix->Xsize, matrix->Ysize/' sepflow_vips_tests
mutate plugins/vips/operation.cpp 's/(plan.info().flags \& SEPFLOW_PLAN_IDENTITY) != 0/false/' sepflow_vips_tests
mutate plugins/vips/operation.cpp 's/? VIPS_OPERATION_NONE : VIPS/? VIPS_OPERATION_SEQUENTIAL : VIPS/' sepflow_vips_tests
mutate plugins/openfx/effect.cpp 's/applied_\[i\] = std::move(value);/applied_[i] = value;/' sepflow_openfx_tests
mutate plugins/vapoursynth/plugin.cpp 's/set_error(out, Sentence(error).text)/set_error(out, std::string(Sentence(error).text).c_str())/' sepflow_vapoursynth_tests
mutate runtime/base/error.h 's/const size_t bytes = utf8_character(text);/const size_t bytes = 1;/' sepflow_node_tests
mutate runtime/check/change_checks.cpp 's/if (!first.empty() \&\& look != first) return true;/if (!first.empty()) return true;/' sepflow_check_tests
mutate runtime/check/count_checks.cpp 's/kTurns = 30000/kTurns = 1/' sepflow_check_tests

echo "$survivors survived"
[ "$survivors" = 0 ]
