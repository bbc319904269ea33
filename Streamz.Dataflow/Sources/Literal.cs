namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Makes a constant that can stand in the place of a stream among the sides of a join.</summary>
    /// <remarks>
    /// <b>Order:</b> the value, over and over. <b>Buffering:</b> none as a side of <c>Zip</c>, <c>ZipLatest</c> and <c>CombineLatest</c>, which take it
    /// as often as they need it. <b>Back-pressure:</b> behind any other operator it is an endless source, as fast as the pipeline takes it.
    /// <b>Completion:</b> never by itself; a join ends with its other sides. <b>Faults:</b> has none of its own.
    /// </remarks>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value; may be null.</param>
    /// <returns>The constant.</returns>
    public static Literal<T> Literal<T>(T value) => new(value);
}
