// The compiled part of Boost.Asio and Boost.Beast, once for the whole program: every other file
// that includes them sees declarations only (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
