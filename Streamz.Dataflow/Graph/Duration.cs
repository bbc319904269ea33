using System.Globalization;

namespace Streamz.Dataflow.Graph;

/// <summary>Writes a duration for labels.</summary>
internal static class Duration
{
    public static string Text(TimeSpan duration) =>
        duration.TotalSeconds >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###} ms");
}
