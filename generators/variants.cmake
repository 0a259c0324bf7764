# Which passes are compiled: (pass, pixel type) x form x instruction set, each one object file made
# by the generator program for one target. One object for each, and our own table over them
# (passes.cpp) instead of Halide's multi-target wrapper: a variant can be forced, compared and
# disassembled.

# Every feature is spelled out: Halide 14 implies neither FMA nor F16C with AVX2 as later ones do.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    set(avx2 sse41-avx-f16c-fma-avx2)
    set(isas sse2 avx2 avx512)
    set(target_sse2 x86-64-linux-strict_float)
    set(target_avx2 x86-64-linux-${avx2})
    set(target_avx512 x86-64-linux-${avx2}-avx512-avx512_skylake)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    set(isas neon)
    set(target_neon arm-64-linux)
else()
    message(FATAL_ERROR "Sepflow has no passes for ${CMAKE_SYSTEM_PROCESSOR}: add its target to "
        "generators/variants.cmake and generators/passes.cpp")
endif()

set_property(GLOBAL PROPERTY sepflow_instruction_sets ${isas})

# The last instruction set's f64 passes fuse nothing: they stand for all others' where the bytes
# must be the same everywhere.
set(f64_neon strict_float)

# Halide 14 lets LLVM unroll and vectorise its loops a second time; later ones do not.
set(common_features no_runtime no_bounds_query)
if(Halide_VERSION VERSION_LESS 15)
    list(APPEND common_features disable_llvm_loop_opt)
endif()


# Compiles one generator with one set of parameters for every instruction set.
function(sepflow_add_pass name generator features)
    foreach(isa IN LISTS isas)
        set(function sepflow_${name}_${isa})
        list(JOIN common_features - target_features)
        set(target ${target_${isa}}-${target_features})
        if(features)
            string(APPEND target -${features})
        endif()
        if(name MATCHES "f64" AND f64_${isa})
            string(APPEND target -${f64_${isa}})
        endif()
        set_property(GLOBAL APPEND PROPERTY sepflow_pass_objects ${passes_directory}/${function}.o)
        set_property(GLOBAL APPEND PROPERTY sepflow_pass_names ${function})
        if(SEPFLOW_PASSES_OF)
            continue()
        endif()
        add_custom_command(
            OUTPUT ${function}.o ${function}.h
            COMMAND ${CMAKE_COMMAND} -E env --unset=HL_TARGET --unset=HL_EXTRA_OUTPUTS
                $<TARGET_FILE:sepflow_generators> -g ${generator} -f ${function} -o .
                -e object,c_header target=${target} ${ARGN}
            DEPENDS sepflow_generators
            COMMENT "Compiling pass ${function}"
            VERBATIM)
    endforeach()
endfunction()

# The same in every form that is worth having: short filters run plain, where folding gains nothing.
function(sepflow_add_pass_forms name generator features)
    sepflow_add_pass(${name}_plain ${generator} "${features}" ${ARGN})
    sepflow_add_pass(${name}_transposed ${generator} "${features}" transposed=true ${ARGN})
    sepflow_add_pass(${name}_transposed_even ${generator} "${features}" transposed=true fold=even ${ARGN})
    sepflow_add_pass(${name}_transposed_odd ${generator} "${features}" transposed=true fold=odd ${ARGN})
endfunction()

set(in_f32 taps.type=float32 mid.type=float32)
set(in_f64 taps.type=float64 mid.type=float64)
set(in_s16 taps.type=int16 mid.type=int16)

foreach(type uint8 uint16 int16 float32)
    sepflow_add_pass(load_pass_${type} load_pass "" pixels.type=${type} samples.type=float32)
endforeach()
# Plain column passes that read the image itself.
foreach(type uint8 uint16 int16)
    sepflow_add_pass(column_pass_${type}_plain column_pass strict_float in.type=${type} ${in_f32})
endforeach()

sepflow_add_pass_forms(column_pass_f32 column_pass "" in.type=float32 ${in_f32})
sepflow_add_pass_forms(column_pass_f32_from_integers column_pass strict_float in.type=float32 ${in_f32})
sepflow_add_pass_forms(column_pass_f64 column_pass "" in.type=float64 ${in_f64})

sepflow_add_pass_forms(row_pass_u8 row_pass strict_float out.type=uint8 ${in_f32})
sepflow_add_pass_forms(row_pass_u16 row_pass strict_float out.type=uint16 ${in_f32})
sepflow_add_pass_forms(row_pass_s16 row_pass strict_float out.type=int16 ${in_f32})
sepflow_add_pass_forms(row_pass_f32 row_pass "" out.type=float32 ${in_f32})
sepflow_add_pass_forms(row_pass_f32_from_integers row_pass strict_float out.type=float32 ${in_f32})
sepflow_add_pass_forms(row_pass_f64 row_pass "" out.type=float64 ${in_f64})

foreach(out u8:uint8 u16:uint16 s16:int16 f32_from_integers:float32)
    string(REPLACE ":" ";" out ${out})
    list(GET out 0 name)
    list(GET out 1 type)
    sepflow_add_pass(direct_pass_${name} direct_pass strict_float
        in.type=float32 taps.type=float32 out.type=${type})
endforeach()
foreach(type f32:float32 f64:float64)
    string(REPLACE ":" ";" type ${type})
    list(GET type 0 name)
    list(GET type 1 type)
    sepflow_add_pass(direct_pass_${name} direct_pass ""
        in.type=${type} taps.type=${type} out.type=${type})
endforeach()

# Fixed point, u8 to u8.
sepflow_add_pass(load_pass_fixed load_pass "" pixels.type=uint8 samples.type=int16)
sepflow_add_pass(column_pass_fixed column_pass "" in.type=int16 ${in_s16})
sepflow_add_pass(row_pass_fixed row_pass "" out.type=uint8 ${in_s16})
