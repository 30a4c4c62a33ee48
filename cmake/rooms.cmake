# A room is a directory: its *.cpp make one library, its *_test.cpp one test program, each *_fuzz.cpp one fuzzer.
# The libraries it names are the only rooms that it may include: this list is the rule book of the layers.

set(SANITIZE "" CACHE STRING "Sanitizers for everything, e.g. address,undefined")
option(UNITY "Compile a room's library in a few large pieces: quicker from nothing, slower after a small change" OFF)
option(FUZZERS "Build the *_fuzz.cpp programs (clang, libFuzzer)" OFF)

add_library(project_options INTERFACE)
target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wconversion -Werror
    # g++ 12 reports uninitialised members of variants that cannot be reached
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
      -Wno-dangling-reference -Wno-missing-field-initializers>
    $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers -Wno-missing-braces>)
if(UNITY) # in one piece the names of other files are in sight, which clang calls shadowing
    target_compile_options(project_options INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-shadow>)
endif()
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
if(SANITIZE)
    target_compile_options(project_options INTERFACE
        -fsanitize=${SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
        # a third of the time to compile; the fuzzers are built with them
        -fno-sanitize=null,alignment,object-size,vptr)
    target_link_options(project_options INTERFACE -fsanitize=${SANITIZE})
endif()
if(FUZZERS)
    target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
    target_link_options(project_options INTERFACE -fsanitize=address,undefined)
endif()

# room(name [dependency...]): the files of the current directory become the library room_<name>.
function(room name)
    file(GLOB sources CONFIGURE_DEPENDS *.cpp)
    set(tests ${sources})
    set(fuzzers ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    if(FUZZERS) # they meet peers as they should be
        list(FILTER sources EXCLUDE REGEX "/mutants")
    endif()
    if(sources)
        add_library(room_${name} STATIC ${sources})
        target_link_libraries(room_${name} PUBLIC project_options fmt::fmt ${ARGN})
        if(UNITY)
            set_target_properties(room_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 14)
        endif()
    else()
        add_library(room_${name} INTERFACE)
        target_link_libraries(room_${name} INTERFACE project_options fmt::fmt ${ARGN})
    endif()
    if(BUILD_TESTING AND tests)
        add_executable(${name}_test ${tests})
        target_link_libraries(${name}_test PRIVATE room_${name} GTest::gmock_main)
        if(UNITY)
            set_target_properties(${name}_test PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 14)
            # what a piece includes looks like a header: it may have fixtures and names of its own all the same
            target_compile_options(${name}_test PRIVATE -Wno-subobject-linkage -Wno-error=shadow)
        endif()
        if(SANITIZE) # what is tested is optimised; optimising the tests would take half of the time to build
            target_compile_options(${name}_test PRIVATE -O0)
        endif()
        target_compile_definitions(${name}_test PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
        set_tests_properties(${name} PROPERTIES TIMEOUT 300)
    endif()
    if(FUZZERS)
        foreach(fuzzer ${fuzzers})
            get_filename_component(stem ${fuzzer} NAME_WE)
            if(TARGET ${stem}) # its room has chosen what it needs
                continue()
            endif()
            add_executable(${stem} ${fuzzer})
            target_link_libraries(${stem} PRIVATE room_${name})
            target_compile_definitions(${stem} PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
            target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
        endforeach()
    endif()
endfunction()
