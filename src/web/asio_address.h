// Asio's addresses as ours. Threads: free.
#pragma once

#include <boost/asio/ip/address.hpp>

#include "base/ip_address.h"

namespace sallyport {

IpAddress address_of(const boost::asio::ip::address& address);

}  // namespace sallyport
