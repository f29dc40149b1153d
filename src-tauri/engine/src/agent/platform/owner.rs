//! Whose a TCP connection of this computer is, as Linux says it.

use std::fs;
use std::net::{IpAddr, SocketAddr};

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, SocketId, StateFlags};
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

/// The user who has the connection from `local` to `remote`. `None`: nobody has, or the kernel does not say.
pub(super) fn owner(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    // The table is long where many connections were, and is written for each who reads it.
    asked(local, remote).or_else(|| {
        let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        by_table(&table, local, remote)
    })
}

/// By asking for this one connection (`sock_diag(7)`).
fn asked(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        Some(SOCK_DIAG),
    )
    .ok()?;
    rustix::net::connect(&socket, &SocketAddrNetlink::new(0, 0)).ok()?;
    rustix::net::send(&socket, &question(local, remote)?, SendFlags::empty()).ok()?;
    let mut answer = [0; 4096];
    // The kernel has answered by the time it has taken the question.
    let (length, _) = rustix::net::recv(&socket, &mut answer[..], RecvFlags::DONTWAIT).ok()?;
    let message = NetlinkMessage::<SockDiagMessage>::deserialize(answer.get(..length)?).ok()?;
    let NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) = message.payload else {
        return None;
    };
    let found = &response.header.socket_id;
    // Where there is no such connection, the kernel may tell of a socket that listens there.
    let is_it = (found.source_port, found.destination_port) == (local.port(), remote.port());
    is_it.then_some(response.header.uid)
}

fn question(local: SocketAddr, remote: SocketAddr) -> Option<Vec<u8>> {
    let (IpAddr::V4(source), IpAddr::V4(destination)) = (local.ip(), remote.ip()) else { return None };
    let socket_id = SocketId {
        source_port: local.port(),
        destination_port: remote.port(),
        source_address: source.into(),
        destination_address: destination.into(),
        interface_id: 0,
        // Any.
        cookie: [0xff; 8],
    };
    let request = InetRequest {
        family: AF_INET,
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::empty(),
        states: StateFlags::all(),
        socket_id,
    };
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    Some(bytes)
}

/// By the kernel's table (proc(5)): addresses are hexadecimal, those of IPv4 as the computer keeps a number.
fn by_table(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let written = |address: SocketAddr| match address {
        SocketAddr::V4(v4) => {
            let number = u32::from_ne_bytes(v4.ip().octets());
            Some(format!("{number:08X}:{:04X}", v4.port()))
        }
        SocketAddr::V6(_) => None,
    };
    let ends = format!(" {} {} ", written(local)?, written(remote)?);
    let row = table.lines().skip(1).find(|row| row.contains(&ends))?;
    row.split_whitespace().nth(7)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_kernel_says_whose_a_connection_is() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let stream = TcpStream::connect(here).unwrap();
        let (_accepted, peer) = listener.accept().unwrap();
        assert_eq!(stream.local_addr().unwrap(), peer);
        let us = Some(rustix::process::geteuid().as_raw());
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        assert_eq!((asked(peer, here), by_table(&table, peer, here)), (us, us));
        // Somebody listens there, but has no such connection.
        let other = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!((asked(here, other), by_table(&table, here, other)), (None, None));
        assert_eq!((asked(peer, other), by_table(&table, peer, other)), (None, None));
        assert_eq!(by_table("", peer, here), None);
    }
}
