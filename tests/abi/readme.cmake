# cmake -DREADME=... -DEXAMPLES=a;b -P readme.cmake: the README shows the examples as they are
# compiled here.
file(READ "${README}" readme)
foreach(example IN LISTS EXAMPLES)
    file(READ "${example}" text)
    string(FIND "${readme}" "${text}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "README.md does not show ${example} as it is")
    endif()
endforeach()
