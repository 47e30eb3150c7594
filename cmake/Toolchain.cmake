# Warnings are errors, a fast linker and ccache are used where they are found, and the sanitizers
# are chosen by SALLYPORT_SANITIZE.
add_library(sallyport_options INTERFACE)
target_compile_options(sallyport_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own optimised standard library code.
  target_compile_options(sallyport_options INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
    -Wno-dangling-pointer -Wno-missing-field-initializers)
else()
  # Deciding says `&` of truths where it means that there is to be no branch.
  target_compile_options(sallyport_options INTERFACE
    -Wno-missing-field-initializers -Wno-bitwise-instead-of-logical)
endif()

if(SALLYPORT_SANITIZE STREQUAL "address")
  target_compile_options(sallyport_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(sallyport_options INTERFACE -fsanitize=address,undefined)
elseif(SALLYPORT_SANITIZE STREQUAL "thread")
  target_compile_options(sallyport_options INTERFACE -fsanitize=thread -g1)
  target_link_options(sallyport_options INTERFACE -fsanitize=thread)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

include(CheckLinkerFlag)
foreach(linker IN ITEMS mold lld)
  check_linker_flag(CXX -fuse-ld=${linker} LINKER_${linker})
  if(LINKER_${linker})
    target_link_options(sallyport_options INTERFACE -fuse-ld=${linker})
    break()
  endif()
endforeach()
