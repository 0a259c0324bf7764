# find_package(Sepflow): Sepflow::sepflow, Sepflow::sepflow_static, Sepflow::host, Sepflow::headers.
# Components are the names after "Sepflow::".
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/SepflowTargets.cmake)
foreach(component IN LISTS Sepflow_FIND_COMPONENTS)
    if(TARGET Sepflow::${component})
        set(Sepflow_${component}_FOUND TRUE)
    elseif(Sepflow_FIND_REQUIRED_${component})
        set(Sepflow_FOUND FALSE)
        set(Sepflow_NOT_FOUND_MESSAGE "Sepflow has no component ${component}")
    endif()
endforeach()
