using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Streamz.Dataflow.Tests.Properties;

/// <summary>
/// How properties run. To run a failure again, put the numbers that it prints into <c>STREAMZ_PROPERTY_REPLAY</c>: two run all
/// cases up to it, three ("replay directly") that case alone. <c>STREAMZ_PROPERTY_CASES</c> says how many cases.
/// </summary>
internal static class PropertyRuns
{
    public static Config Config(int cases)
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("STREAMZ_PROPERTY_CASES"), CultureInfo.InvariantCulture, out var stated) ? stated : cases;
        var config = FsCheck.Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(count);
        if (Environment.GetEnvironmentVariable("STREAMZ_PROPERTY_REPLAY") is not { Length: > 0 } replay)
        {
            return config;
        }

        var parts = replay.Trim('(', ')').Split(',');
        var (seed, gamma) = (ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
        return parts.Length > 2
            ? config.WithReplay(seed, gamma, int.Parse(parts[2], CultureInfo.InvariantCulture))
            : config.WithReplay(seed, gamma);
    }
}
