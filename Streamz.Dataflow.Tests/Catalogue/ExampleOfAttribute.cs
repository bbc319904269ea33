namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>Puts an example on a page of the catalogue.</summary>
/// <param name="page">The name of the operator, for example <c>Partition</c>.</param>
/// <param name="theme">Where the index lists the page; that of the first example counts.</param>
/// <param name="caption">What the example shows, in a sentence or two.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ExampleOfAttribute(string page, Theme theme, string caption) : Attribute
{
    public string Page { get; } = page;

    public Theme Theme { get; } = theme;

    public string Caption { get; } = caption;

    /// <summary>The place on the page: 1 for the first, which needs no heading of its own.</summary>
    public int Order { get; init; } = 1;

    /// <summary>What the page says first, if it shows several operators; else the documentation says it.</summary>
    public string? Summary { get; init; }

    /// <summary>Whether the example runs a program that Windows does not have.</summary>
    public bool NeedsUnix { get; init; }

    /// <summary>The heading of a later example.</summary>
    public string? Heading { get; init; }
}
