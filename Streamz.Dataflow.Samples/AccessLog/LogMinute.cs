namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A minute as a log writes it.</summary>
/// <remarks>
/// A <see cref="DateTimeOffset"/> will not do as the key: it equals any other of the same instant, and 10:05 +0200 would
/// be counted with 08:05 +0000.
/// </remarks>
internal readonly record struct LogMinute(DateTime Local, TimeSpan Offset)
{
    public static LogMinute Of(DateTimeOffset time) =>
        new(new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute)), time.Offset);

    public DateTimeOffset ToDateTimeOffset() => new(Local, Offset);
}
