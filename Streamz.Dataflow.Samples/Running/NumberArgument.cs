using System.Globalization;

namespace Streamz.Dataflow.Samples.Running;

/// <summary>A number that the command line gives.</summary>
internal static class NumberArgument
{
    /// <exception cref="UsageException">The text is no whole number, or one out of the range.</exception>
    public static int Parse(string option, string? text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option} takes a whole number from {least} to {most}, not '{text}'."));
}
