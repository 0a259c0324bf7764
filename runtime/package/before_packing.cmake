# CPack runs this on what is staged, one folder a component. Debian wants no run path, archives
# without debug symbols, a copyright file and a changelog in every package, and pages compressed.
find_program(GZIP gzip REQUIRED)
find_program(STRIP strip REQUIRED)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)

function(compress file)
    execute_process(COMMAND ${GZIP} -9 -n ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    set(usr ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
    string(TOUPPER ${component} key)
    set(documents ${usr}/share/doc/${CPACK_DEBIAN_${key}_PACKAGE_NAME})
    file(MAKE_DIRECTORY ${documents})
    file(READ ${CPACK_SEPFLOW_LICENSE} licence)
    file(WRITE ${documents}/copyright "Sepflow ${CPACK_PACKAGE_VERSION}\n\n${licence}")
    file(WRITE ${documents}/changelog
        "sepflow (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n  * As built from source.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
    compress(${documents}/changelog)

    file(GLOB_RECURSE pages ${usr}/share/man/*.1)
    foreach(page IN LISTS pages)
        compress(${page})
    endforeach()
    file(GLOB archives ${usr}/lib/*/*.a)
    foreach(archive IN LISTS archives)
        execute_process(COMMAND ${STRIP} --strip-debug ${archive} COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    file(GLOB programs ${usr}/bin/* ${usr}/lib/*/sepflow-1/sepflow-probe)
    foreach(program IN LISTS programs)
        file(RPATH_REMOVE FILE ${program})
    endforeach()
endforeach()
