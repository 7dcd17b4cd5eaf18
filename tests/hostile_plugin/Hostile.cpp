// What the parameter Deed says is done in the next block; otherwise sound passes as it is.
// HOSTILE_AT_LOAD in the environment (crash, hang) is done while the plug-in is made.
#include "DistrhoPlugin.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

START_NAMESPACE_DISTRHO

enum Deed { kNothing, kCrash, kHang, kNotANumber, kPrint, kDelay, kHalve, kStall, kDeeds };

static const uint32_t kDelayFrames = 256;

static void crash() { *static_cast<volatile int*>(nullptr) = 1; }
static void hang() { for (;;) usleep(100000); }

class Hostile : public Plugin
{
public:
    Hostile() : Plugin(1, 0, 0), deed(kNothing), at(0)
    {
        std::memset(line, 0, sizeof line);
        if (const char* const wanted = std::getenv("HOSTILE_AT_LOAD")) {
            std::printf("about to %s\n", wanted);
            if (std::strcmp(wanted, "crash") == 0) crash();
            if (std::strcmp(wanted, "hang") == 0) hang();
        }
    }

protected:
    const char* getLabel() const override { return "Hostile"; }
    const char* getMaker() const override { return "Max Booster"; }
    const char* getLicense() const override { return "GPL-3.0-or-later"; }
    uint32_t getVersion() const override { return d_version(1, 0, 0); }
    int64_t getUniqueId() const override { return d_cconst('h', 'o', 's', 't'); }

    void initParameter(uint32_t, Parameter& parameter) override
    {
        parameter.hints = kParameterIsAutomatable | kParameterIsInteger;
        parameter.name = "Deed";
        parameter.symbol = "deed";
        parameter.ranges.def = 0;
        parameter.ranges.min = 0;
        parameter.ranges.max = kDeeds - 1;
    }

    float getParameterValue(uint32_t) const override { return deed; }

    void setParameterValue(uint32_t, float value) override
    {
        deed = static_cast<int>(value + 0.5f);
    }

    void run(const float** inputs, float** outputs, uint32_t frames) override
    {
        switch (deed) {
        case kCrash: crash(); break;
        case kHang: hang(); break;
        case kPrint: std::printf("{\"about\": \"a line that is no answer\"}\n"); std::fflush(stdout); break;
        case kDelay: setLatency(kDelayFrames); break;
        case kStall: usleep(20000); break;
        }
        for (uint32_t i = 0; i < frames; ++i, at = (at + 1) % kDelayFrames)
            for (int channel = 0; channel < 2; ++channel) {
                const float sample = inputs[channel][i], before = line[channel][at];
                line[channel][at] = sample;
                outputs[channel][i] = deed == kNotANumber ? NAN : deed == kDelay ? before
                                    : deed == kHalve ? 0.5f * sample : sample;
            }
    }

private:
    int deed;
    uint32_t at;
    float line[2][kDelayFrames];
};

Plugin* createPlugin() { return new Hostile(); }

END_NAMESPACE_DISTRHO
