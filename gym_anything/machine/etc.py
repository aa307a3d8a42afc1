"""The few files of /etc that a machine has of its own: users, hosts, bus, window manager, GTK."""

from __future__ import annotations

from pathlib import Path

_FILES = {
    "hosts": "127.0.0.1 localhost desktop\n",
    "machine-id": "6779d6e7c0de4d0a8f2f5ad0b0a7c0de\n",
    # ANONYMOUS, because EXTERNAL compares uids and they differ across user namespaces; the mode of
    # the folder that holds the socket is the guard.
    "gym-anything/bus.conf": """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=/run/desktop/bus</listen>
  <auth>EXTERNAL</auth>
  <auth>ANONYMOUS</auth>
  <allow_anonymous/>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
""",
}

# What moves by itself or remembers other episodes is off: transitions, blinking, recent files. The
# clicks of one action come 12 ms apart, so two actions on one spot need not be a double click.
# Applications see this as the system's default; a user's own settings go over it.
_GTK_SETTINGS = """\
[Settings]
gtk-enable-animations=0
gtk-cursor-blink=0
gtk-recent-files-enabled=0
gtk-recent-files-max-age=0
gtk-theme-name=Adwaita
gtk-icon-theme-name=Adwaita
gtk-font-name=Sans 10
gtk-primary-button-warps-slider=0
gtk-double-click-time=150
"""
_FILES |= {"gtk-3.0/settings.ini": _GTK_SETTINGS, "gtk-4.0/settings.ini": _GTK_SETTINGS}
# The one theme of Qt 5's own whose cursor need not blink. Else it looks as Qt does without it.
_FILES["gym-anything/kdeglobals"] = """\
[KDE]
CursorBlinkRate=0
SingleClick=false
[Toolbar style]
ToolButtonStyle=NoText
[Colors:Window]
BackgroundNormal=239,239,239
ForegroundNormal=0,0,0
[Colors:Button]
BackgroundNormal=239,239,239
ForegroundNormal=0,0,0
[Colors:View]
BackgroundNormal=255,255,255
BackgroundAlternate=247,247,247
ForegroundNormal=0,0,0
ForegroundLink=0,0,255
ForegroundVisited=255,0,255
[Colors:Selection]
BackgroundNormal=48,140,198
ForegroundNormal=255,255,255
[Colors:Tooltip]
BackgroundNormal=255,255,220
"""

# No key bindings, so that every chord reaches the application; alt+F4 is what a person expects.
_OPENBOX = """\
<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme>
    <name>Clearlooks</name><titleLayout>NLIMC</titleLayout><animateIconify>no</animateIconify>
  </theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resize><drawContents>yes</drawContents><popupShow>Never</popupShow></resize>
  <keyboard>
    <keybind key="A-F4"><action name="Close"/></keybind>
    <keybind key="A-Tab"><action name="NextWindow"><dialog>none</dialog></action></keybind>
  </keyboard>
  <mouse>
    <dragThreshold>4</dragThreshold><doubleClickTime>400</doubleClickTime>
    <context name="Titlebar">
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
      <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Titlebar Top Right Bottom Left TLCorner TRCorner BRCorner BLCorner">
      <mousebind button="Left" action="Press">
        <action name="Focus"/><action name="Raise"/>
      </mousebind>
    </context>
    <context name="Top"><mousebind button="Left" action="Drag">
      <action name="Resize"><edge>top</edge></action></mousebind></context>
    <context name="Bottom"><mousebind button="Left" action="Drag">
      <action name="Resize"><edge>bottom</edge></action></mousebind></context>
    <context name="Left"><mousebind button="Left" action="Drag">
      <action name="Resize"><edge>left</edge></action></mousebind></context>
    <context name="Right"><mousebind button="Left" action="Drag">
      <action name="Resize"><edge>right</edge></action></mousebind></context>
    <context name="TLCorner TRCorner BLCorner BRCorner">
      <mousebind button="Left" action="Drag"><action name="Resize"/></mousebind>
    </context>
    <context name="Client">
      <mousebind button="Left" action="Press">
        <action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Middle" action="Press">
        <action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Right" action="Press">
        <action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Close">
      <mousebind button="Left" action="Click"><action name="Close"/></mousebind></context>
    <context name="Maximize">
      <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind></context>
    <context name="Iconify">
      <mousebind button="Left" action="Click"><action name="Iconify"/></mousebind></context>
  </mouse>
  <applications>{applications}</applications>
</openbox_config>
"""
_MAXIMIZE = '<application type="normal"><maximized>yes</maximized></application>'


def write_etc(folder: Path, *, maximize: bool, uid: int = 1000) -> None:
    """Write the files beneath `folder`, readable by everyone.

    Args:
        folder: an existing folder that stands for /etc.
        maximize: whether normal windows start maximised.
        uid: uid and gid of the user, as processes in the machine see them.
    """
    own = {
        "passwd": f"user:x:{uid}:{uid}:User:/home/user:/bin/sh\n",
        "group": f"user:x:{uid}:\n",
        "gym-anything/openbox.xml": _OPENBOX.format(applications=_MAXIMIZE if maximize else ""),
    }
    for name, text in (_FILES | own).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.parent.chmod(0o755)  # whatever the umask
        path.write_text(text)
        path.chmod(0o644)
