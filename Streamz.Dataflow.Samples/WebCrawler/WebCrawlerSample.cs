using System.Globalization;
using System.Text.RegularExpressions;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.WebCrawler;

/// <summary>
/// Follows the links of a web site: what is found on a page is fed back to where links begin, once each. Nobody says when it is done;
/// the loop comes to rest when no page leads to a new one.
/// </summary>
internal sealed partial class WebCrawlerSample : ISample
{
    private const int MaxLinksOnTheirWay = 1_000;
    private const int PagesAtOnce = 4;

    public string Name => "web-crawler";

    public string Summary => "follows the links of a site that it serves itself, in a loop that ends when all is seen";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0)
        {
            throw new UsageException($"There is no '{arguments[0]}': it crawls a site of its own.");
        }

        await using var site = new SampleSite();
        using var client = new HttpClient { BaseAddress = site.Address };
        var tally = new Tally();

        await using var links = new StreamSource<Link>(new StreamOptions { TimeProvider = host.Clock });
        var pages = links.Unique(link => link.Path).Map(FetchAsync, maxDegreeOfParallelism: PagesAtOnce);
        pages.Sink(WriteAsync);
        pages.Flatten(page => page.Links)
            .Filter(IsOfThisSite)
            .Feedback(links, MaxLinksOnTheirWay);

        await host.Output.WriteAsync(links.ToText() + "\n");
        await links.EmitAsync(new Link("/", From: "", Depth: 0));
        await links.CompleteAsync();
        await host.Output.WriteAsync(tally.ToString());
        return ExitCode.Success;

        async Task<Page> FetchAsync(Link link)
        {
            // Without a token: what has begun when Ctrl+C comes is finished, and no further link is followed.
            using var response = await client.GetAsync(new Uri(link.Path, UriKind.Relative));
            return Page.Read(link, (int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        bool IsOfThisSite(Link link) => link.IsOfThisSite && !host.Stopping.IsCancellationRequested;

        async Task WriteAsync(Page page)
        {
            tally.Add(page);
            await host.Output.WriteAsync(page.ToText());
        }
    }

    /// <summary>A link, the page that it is on, and how many links lead there from the first page.</summary>
    private sealed record Link(string Path, string From, int Depth)
    {
        public bool IsOfThisSite => Path.StartsWith('/');
    }

    /// <summary>What came of following a link.</summary>
    private sealed partial record Page(Link Link, int Status, string Title, IReadOnlyList<Link> Links)
    {
        public bool IsFound => Status == 200;

        public static Page Read(Link link, int status, string text) => new(
            link,
            status,
            Titles().Match(text).Groups["title"].Value,
            [.. Hrefs().Matches(text).Select(match => new Link(match.Groups["to"].Value, link.Path, link.Depth + 1))]);

        public string ToText()
        {
            var path = new string(' ', 2 * Link.Depth) + Link.Path;
            return string.Create(CultureInfo.InvariantCulture, $"{Status}  {path,-24}{(IsFound ? Title : $"linked from {Link.From}")}\n");
        }

        [GeneratedRegex("<title>(?<title>[^<]*)</title>", RegexOptions.ExplicitCapture)]
        private static partial Regex Titles();

        [GeneratedRegex("<a href=\"(?<to>[^\"]*)\"", RegexOptions.ExplicitCapture)]
        private static partial Regex Hrefs();
    }

    /// <summary>What was seen in all. Written by the sink, one page at a time.</summary>
    private sealed class Tally
    {
        private int _found;
        private int _missing;
        private int _links;
        private int _outside;
        private int _deepest;

        public void Add(Page page)
        {
            _found += page.IsFound ? 1 : 0;
            _missing += page.IsFound ? 0 : 1;
            _links += page.Links.Count;
            _outside += page.Links.Count(link => !link.IsOfThisSite);
            _deepest = Math.Max(_deepest, page.Link.Depth);
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"""

            {_found} pages, at most {_deepest} links away from the first; {_missing} links that lead nowhere.
            {_links} links in all: {_found + _missing - 1} to something new, {_links - _outside - (_found + _missing - 1)} to what was known, {_outside} out of the site.

            """).ReplaceLineEndings("\n");
    }
}
