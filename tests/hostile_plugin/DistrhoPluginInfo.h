// A plug-in for drills: it does what plug-ins in the wild have done to their hosts.
#ifndef DISTRHO_PLUGIN_INFO_H_INCLUDED
#define DISTRHO_PLUGIN_INFO_H_INCLUDED

#define DISTRHO_PLUGIN_BRAND "Max Booster"
#define DISTRHO_PLUGIN_NAME "Hostile"
#define DISTRHO_PLUGIN_URI "urn:maxbooster:hostile"
#define DISTRHO_PLUGIN_HAS_UI 0
#define DISTRHO_PLUGIN_IS_RT_SAFE 0
#define DISTRHO_PLUGIN_NUM_INPUTS 2
#define DISTRHO_PLUGIN_NUM_OUTPUTS 2
#define DISTRHO_PLUGIN_WANT_LATENCY 1

#endif
