# What `cmake --install` brings, and the Debian package that `cpack` makes of it: the program, everything that it
# reads, manual pages and completion. The program finds its data beside itself, wherever the prefix is.
find_program(GZIP gzip REQUIRED)

# Both are written by the program from the definition of its command line.
set(MANUAL ${PROJECT_BINARY_DIR}/manual)
add_custom_command(OUTPUT ${MANUAL}/mobiconform.bash
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${MANUAL}
    COMMAND sh -c "$<TARGET_FILE:mobiconform> manual --out ${MANUAL} >${MANUAL}.log && ${GZIP} -9n ${MANUAL}/*.1"
    DEPENDS mobiconform VERBATIM)
add_custom_target(manual ALL DEPENDS ${MANUAL}/mobiconform.bash)
add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/changelog.gz
    COMMAND sh -c "${GZIP} -9nc ${PROJECT_SOURCE_DIR}/cmake/debian/changelog >${PROJECT_BINARY_DIR}/changelog.gz"
    DEPENDS ${PROJECT_SOURCE_DIR}/cmake/debian/changelog VERBATIM)
add_custom_target(changelog ALL DEPENDS ${PROJECT_BINARY_DIR}/changelog.gz)

install(TARGETS mobiconform RUNTIME DESTINATION bin)
install(DIRECTORY suites containers DESTINATION share/mobiconform USE_SOURCE_PERMISSIONS)
install(DIRECTORY ${MANUAL}/ DESTINATION share/man/man1 FILES_MATCHING PATTERN "*.1.gz")
install(FILES ${MANUAL}/mobiconform.bash DESTINATION share/bash-completion/completions RENAME mobiconform)
install(FILES README.md cmake/debian/copyright ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION share/doc/mobiconform)
install(FILES cmake/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME mobiconform)
install(DIRECTORY examples DESTINATION share/doc/mobiconform USE_SOURCE_PERMISSIONS)

# packages.txt says what a run uses, and which programs of other people cases meet.
file(STRINGS packages.txt lines)
foreach(line ${lines})
    if(line MATCHES "^run ([^ ]+)")
        list(APPEND DEPENDS ${CMAKE_MATCH_1})
    elseif(line MATCHES "^foreign ([^ ]+)")
        list(APPEND SUGGESTS ${CMAKE_MATCH_1})
    endif()
endforeach()
list(JOIN DEPENDS ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
list(JOIN SUGGESTS ", " CPACK_DEBIAN_PACKAGE_SUGGESTS)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS packages.txt)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "mobiconform maintainers <maintainers@mobiconform.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "conformance and interoperability tests for network mobility
Plays the scenarios of the specifications of Proxy Mobile IPv6, prefix
delegation for NEMO, and NetMIPv6 against an implementation, captures every
packet on every link, and judges the capture: which clause was broken, by
which packet, in which octet. Every role has a reference implementation.

Cases are played in network namespaces of an ordinary user, or in virtual
time; captures from elsewhere are judged by the passive rules alone.")
include(CPack)
