#include "web/asio_address.h"

namespace sallyport {

IpAddress address_of(const boost::asio::ip::address& address) {
  namespace ip = boost::asio::ip;
  const auto v6 =
      address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
  const auto bytes = v6.to_bytes();
  IpAddress out;
  for (std::size_t i = 0; i < 8; ++i) out.high = out.high << 8 | bytes[i];
  for (std::size_t i = 8; i < 16; ++i) out.low = out.low << 8 | bytes[i];
  return out;
}

}  // namespace sallyport
