using System.Xml.Linq;
using System.Xml.XPath;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>The documentation file of the library, as it is shipped.</summary>
internal static class XmlDocs
{
    private const int MaxDepth = 5;

    private static readonly Lazy<Dictionary<string, XElement>> s_members = new(() =>
        XDocument.Load(Path.ChangeExtension(typeof(StreamSource).Assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(member => (string)member.Attribute("name")!));

    /// <summary>The documentation of a member, with what it inherits from others.</summary>
    public static XElement Of(string id) =>
        s_members.Value.TryGetValue(id, out var member) ? Inherit(new XElement(member), MaxDepth) : new XElement("member");

    private static XElement Inherit(XElement member, int depth)
    {
        foreach (var reference in member.Elements("inheritdoc").ToList())
        {
            var inherited = depth > 0 && s_members.Value.TryGetValue((string?)reference.Attribute("cref") ?? "", out var other)
                ? Inherit(new XElement(other), depth - 1)
                : new XElement("member");
            var paths = ((string?)reference.Attribute("path") ?? "/*").Split('|').Select(path => $".{path}");
            foreach (var node in paths.SelectMany(path => inherited.XPathSelectElements(path)).ToList())
            {
                if (!member.Elements(node.Name).Any(own => (string?)own.Attribute("name") == (string?)node.Attribute("name")
                    && (string?)own.Attribute("cref") == (string?)node.Attribute("cref")))
                {
                    reference.AddBeforeSelf(node);
                }
            }

            reference.Remove();
        }

        return member;
    }
}
