namespace Streamz.Dataflow;

/// <summary>What a node does when its delegate fails on an element.</summary>
public sealed class ErrorPolicy
{
    private ErrorPolicy(string text) => Text = text;

    /// <summary>
    /// The pipeline stops: intake is refused, what is ahead of the failed element is still delivered, the rest is abandoned,
    /// and every caller gets a <see cref="NodeFailedException"/>. The default.
    /// </summary>
    public static ErrorPolicy Stop { get; } = new("stop");

    /// <summary>The element is dropped, counted and logged; the elements before and after it go on.</summary>
    public static ErrorPolicy Skip { get; } = new("skip");

    private string Text { get; }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
