using System.Globalization;

namespace Streamz.Dataflow.Dashboard.Components;

/// <summary>Numbers as people read them.</summary>
internal static class Format
{
    /// <summary>A count or a rate in at most four digits.</summary>
    public static string Short(double value) => value switch
    {
        < 0.05 => "0",
        < 9.95 => Text(value, "0.#"),
        < 999.5 => Text(value, "0"),
        < 9_950 => $"{Text(value / 1e3, "0.#")}k",
        < 999_500 => $"{Text(value / 1e3, "0")}k",
        < 9_950_000 => $"{Text(value / 1e6, "0.#")}M",
        _ => $"{Text(value / 1e6, "0")}M",
    };

    public static string Bytes(long value) => value switch
    {
        < 1_000 => $"{Text(value, "0")} B",
        < 999_500 => $"{Text(value / 1e3, "0.#")} kB",
        < 999_500_000 => $"{Text(value / 1e6, "0.#")} MB",
        _ => $"{Text(value / 1e9, "0.##")} GB",
    };

    public static string Rate(double value) => $"{Short(value)}/s";

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double? share) => share is { } known ? $"{Text(known * 100, "0")} %" : "–";

    public static string Milliseconds(double? value) => value switch
    {
        null => "–",
        < 1 => $"{Text(value.Value * 1000, "0")} µs",
        < 9.95 => $"{Text(value.Value, "0.#")} ms",
        < 999.5 => $"{Text(value.Value, "0")} ms",
        < 9_995 => $"{Text(value.Value / 1000, "0.##")} s",
        _ => $"{Text(value.Value / 1000, "0.#")} s",
    };

    public static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number for a style sheet or a drawing.</summary>
    public static string Number(double value) => Text(value, "0.##");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
