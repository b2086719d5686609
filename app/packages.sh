# shellcheck shell=bash
# shellcheck disable=SC2034 # the lists are used where this is sourced
# Sourced by app/start and tests/run: which packages are needed, which are missing, how to get them.

# What is needed to build, in the words of each system. The icons with the reader of their format, and a
# font, are for the window; everything else that runs comes along with the -dev packages.
build_packages_apt=(gcc libc6-dev meson ninja-build pkg-config libgtk-4-dev libadwaita-1-dev libopenblas-dev
  libgsl-dev libpng-dev libjpeg-dev libjson-glib-dev libprotobuf-c-dev protobuf-c-compiler
  adwaita-icon-theme librsvg2-common fonts-dejavu-core)
build_packages_dnf=(gcc meson ninja-build pkgconf-pkg-config gtk4-devel libadwaita-devel openblas-devel
  gsl-devel libpng-devel libjpeg-turbo-devel json-glib-devel protobuf-c-devel protobuf-c-compiler
  adwaita-icon-theme librsvg2 dejavu-sans-fonts)
build_needs='a C compiler, Meson 1.0, Ninja, pkg-config, GTK 4.8, libadwaita 1.2, OpenBLAS, GSL, libpng,
libjpeg-turbo, JSON-GLib 1.6, protobuf-c 1.3 with its compiler, and their development files'

# What the tests need on top: sanitizers, a private display with a window manager, the accessibility
# bus and its Python driver, the style checker, the networks that the ONNX project tests with, and the
# checkers of what desktops and readers of manuals are given.
test_packages_apt=(libasan8 libubsan1 locales xvfb xauth openbox xcompmgr xdotool imagemagick dbus
  dbus-daemon at-spi2-core python3 python3-gi gir1.2-atspi-2.0 clang-format libonnx-testdata
  desktop-file-utils appstream libxml2-utils shared-mime-info mandoc)
test_packages_dnf=(libasan libubsan glibc-langpack-de xorg-x11-server-Xvfb xorg-x11-xauth openbox xcompmgr
  xdotool ImageMagick dbus-daemon at-spi2-core python3 python3-gobject clang-tools-extra
  desktop-file-utils appstream libxml2 shared-mime-info mandoc)
test_needs='AddressSanitizer and UBSan; for the tests of the window also Xvfb, openbox, xcompmgr, xdotool,
ImageMagick, dbus-run-session, AT-SPI and PyGObject; clang-format 14 for the style of the code;
desktop-file-validate, appstreamcli, xmllint, update-mime-database and mandoc for what desktops are given'

# The words of the package lists are names of packages of this system: apt, dnf, or nothing known.
package_manager ()
{
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    echo apt
  elif command -v dnf >/dev/null && command -v rpm >/dev/null; then
    echo dnf
  else
    echo none
  fi
}

# missing_packages NAME...: those that are not installed, one a line.
missing_packages ()
{
  local name
  for name in "$@"; do
    if [ "$(package_manager)" = apt ]; then
      case $(dpkg-query -W -f '${Status}' "$name" 2>/dev/null) in
        'install ok installed') ;;
        *) printf '%s\n' "$name" ;;
      esac
    else
      rpm -q --whatprovides "$name" >/dev/null 2>&1 || printf '%s\n' "$name"
    fi
  done
}

# known_packages NAME...: those that the system's package sources know, one a line.
known_packages ()
{
  local name
  for name in "$@"; do
    case $(package_manager) in
      apt)
        if apt-cache show "$name" >/dev/null 2>&1; then
          printf '%s\n' "$name"
        else
          echo "This system has no package $name; what needs it is left out." >&2
        fi ;;
      *) printf '%s\n' "$name" ;;
    esac
  done
}

# as_root COMMAND...: runs it as root, with sudo where this is not root.
as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# may_install YES COMMAND: whether to go on. Nobody is asked where --yes was given, in continuous
# integration, or where there is no terminal to ask at but root's rights are there for the taking.
may_install ()
{
  local answer
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "Neither root nor sudo: please have this run as root, then start again:" >&2
    echo "  $2" >&2
    return 1
  fi
  if [ "$1" = yes ] || [ -n "${CI-}" ]; then
    return 0
  fi
  if [ -t 0 ]; then
    printf 'Go on? [Y/n] '
    read -r answer || answer=n
    case $answer in
      '' | [Yy]*) return 0 ;;
    esac
    echo 'Nothing was installed. To do it by hand:' >&2
    echo "  $2" >&2
    return 1
  fi
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    return 0
  fi
  echo 'There is no terminal to ask at. Say --yes to install, or have this run as root:' >&2
  echo "  $2" >&2
  return 1
}

# install_packages YES NAME...: installs what is missing of NAME..., after saying so and asking.
install_packages ()
{
  local yes=$1 missing=() wanted=() command lenient
  shift
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  case $(package_manager) in
    apt) command="apt-get install --no-install-recommends ${missing[*]}" ;;
    *) command="dnf install --setopt=install_weak_deps=False ${missing[*]}" ;;
  esac
  echo 'These packages are missing and will be installed:'
  printf '%s\n' "${missing[*]}" | fold -s -w 90 | sed 's/^/  /'
  may_install "$yes" "$command" || return 1
  case $(package_manager) in
    apt)
      as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null || return 1
      mapfile -t wanted < <(known_packages "${missing[@]}")
      [ ${#wanted[@]} -gt 0 ] || return 0
      as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${wanted[@]}" </dev/null || return 1 ;;
    dnf)
      # What a release does not have is left out; the two generations of dnf say that differently.
      case $(dnf --version 2>/dev/null) in
        *dnf5*) lenient=--skip-unavailable ;;
        *) lenient=--setopt=strict=0 ;;
      esac
      as_root dnf install -y --setopt=install_weak_deps=False "$lenient" "${missing[@]}" </dev/null ||
        return 1 ;;
  esac
}
