# sepflow_add_filter(NAME
#     KERNEL "gaussian 2"         the kernel, as for `sepflow filter`
#     TYPES u8 [s16]              pixel type, and that of the result if it differs: u8 u16 s16 f32
#     TARGET arm-64-linux         processor and system, as Halide writes them
#     [BORDER replicate]          or constant, reflect, reflect101 (the default), wrap (along x);
#                                 X,Y for one border per axis
#     [CHANNELS 3] [MAX_WIDTH 640]
#     [NODE]                      a node too, for a program that links sepflow-host:
#                                 sepflow_host_add_static takes sepflow_entry_v1_NAME
#     [OPTIONS --delta 128 ...])  others of `sepflow compile --help`
#
# makes the library NAME: its header NAME.h, and a static archive that needs nothing. A mistake
# stops CMake, or the build if it builds sepflow-compile as well.
if(NOT TARGET sepflow_compile)
    find_program(SEPFLOW_COMPILE sepflow-compile
        HINTS ${CMAKE_CURRENT_LIST_DIR}/../../../bin NO_CMAKE_FIND_ROOT_PATH REQUIRED)
endif()

function(sepflow_add_filter name)
    set(single KERNEL TARGET BORDER CHANNELS MAX_WIDTH)
    cmake_parse_arguments(PARSE_ARGV 1 given NODE "${single}" "TYPES;OPTIONS")
    if(given_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "sepflow_add_filter(${name}): '${given_UNPARSED_ARGUMENTS}' is not understood")
    endif()
    foreach(needed KERNEL TYPES TARGET)
        if(NOT given_${needed})
            message(FATAL_ERROR "sepflow_add_filter(${name}): ${needed} is missing")
        endif()
    endforeach()

    list(POP_FRONT given_TYPES in_type out_type)
    # A list would be cut at its semicolons.
    string(REPLACE ";" "\\;" kernel "${given_KERNEL}")
    set(arguments ${name} --kernel "${kernel}" --target ${given_TARGET} --in-type ${in_type})
    foreach(option "--type=${out_type}" "--border=${given_BORDER}" "--channels=${given_CHANNELS}"
            "--max-width=${given_MAX_WIDTH}")
        if(NOT option MATCHES "=$")
            list(APPEND arguments ${option})
        endif()
    endforeach()
    if(NOT given_OPTIONS STREQUAL "")
        list(APPEND arguments "${given_OPTIONS}")
    endif()

    if(TARGET sepflow_compile)
        set(compile $<TARGET_FILE:sepflow_compile>)
    else()
        set(compile ${SEPFLOW_COMPILE})
        execute_process(COMMAND ${compile} ${arguments} --check RESULT_VARIABLE failed ERROR_VARIABLE sentence
            OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE certificate)
        if(failed)
            message(FATAL_ERROR "${sentence}")
        endif()
        message(STATUS "Filter ${certificate}")
    endif()
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
    set(node "")
    if(given_NODE)
        set(node ${folder}/${name}_node.c)
        list(APPEND arguments --node)
    endif()
    file(MAKE_DIRECTORY ${folder})
    string(REPLACE "$<" "$<1:$><" arguments "${arguments}") # no expressions of CMake's
    add_custom_command(
        OUTPUT ${folder}/${name}.h ${folder}/${name}.a ${node}
        COMMAND ${compile} ${arguments} --output ${folder}
        DEPENDS ${compile}
        COMMENT "Compiling filter ${name} for ${given_TARGET}"
        VERBATIM)
    add_custom_target(${name}-compiled DEPENDS ${folder}/${name}.h ${folder}/${name}.a ${node})
    add_library(${name} INTERFACE)
    add_dependencies(${name} ${name}-compiled)
    target_include_directories(${name} INTERFACE ${folder})
    target_sources(${name} INTERFACE ${node})
    target_link_libraries(${name} INTERFACE ${folder}/${name}.a)
endfunction()
